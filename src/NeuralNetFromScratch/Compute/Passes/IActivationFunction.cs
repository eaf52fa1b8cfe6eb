namespace NeuralNetFromScratch.Compute;

/// <summary>A function of one number with its derivative, written once for every register width.</summary>
internal interface IActivationFunction : IElementFunction
{
    /// <summary>Whether the derivative is computed from the input x, or from the output y = f(x).</summary>
    static abstract bool DerivativeNeedsInput { get; }

    /// <summary>Whether <c>f(x) = x</c>, so that there is nothing to compute.</summary>
    static virtual bool IsIdentity => false;

    /// <summary><c>dL/dx = dL/dy · f'</c>.</summary>
    /// <param name="argument">x where <see cref="DerivativeNeedsInput"/>, else y.</param>
    /// <param name="gradient">dL/dy.</param>
    TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd>;
}
