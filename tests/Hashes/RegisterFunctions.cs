using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Hashes;

/// <summary>The exponential as an operation over elements.</summary>
internal readonly struct ExpFunction : IElementFunction
{
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Exp(x);
}

/// <summary>The logarithm as an operation over elements.</summary>
internal readonly struct LogFunction : IElementFunction
{
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Log(x);
}
