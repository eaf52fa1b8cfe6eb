namespace NeuralNetFromScratch.Compute;

/// <summary>An optimizer's rule for one register of elements.</summary>
internal interface IUpdateRule
{
    /// <summary>How many of the slots are used: 0 to 2.</summary>
    static abstract int SlotCount { get; }

    void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd>;
}
