using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Registers that are only partly filled, so that the last elements of a row are computed like all others.</summary>
internal static unsafe class PartialVector
{
    /// <summary>The first <paramref name="count"/> lanes from memory, the others zero.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TSimd LoadPartial<TSimd>(float* source, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        float* lanes = stackalloc float[16];
        for (int lane = 0; lane < count; lane++)
            lanes[lane] = source[lane];
        return TSimd.Load(lanes);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StorePartial<TSimd>(TSimd value, float* destination, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        float* lanes = stackalloc float[16];
        TSimd.Store(value, lanes);
        for (int lane = 0; lane < count; lane++)
            destination[lane] = lanes[lane];
    }

    /// <summary>A whole register where there is one, else what is left of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Load<TSimd>(float* source, int available)
        where TSimd : struct, ISimd<TSimd> => available >= TSimd.Width ? TSimd.Load(source) : TSimd.LoadPartial(source, available);

    /// <summary>Writes a whole register where there is room for it, else what there is room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, float* destination, int available)
        where TSimd : struct, ISimd<TSimd>
    {
        if (available >= TSimd.Width)
            TSimd.Store(value, destination);
        else
            TSimd.StorePartial(value, destination, available);
    }
}
