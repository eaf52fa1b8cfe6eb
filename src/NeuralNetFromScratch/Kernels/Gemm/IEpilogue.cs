namespace NeuralNetFromScratch.Kernels;

/// <summary>What the micro-kernel does with finished sums before it stores them.</summary>
internal unsafe interface IEpilogue
{
    /// <param name="sums">One register of C.</param>
    /// <param name="bias">The bias of the register's columns; null where the epilogue does not read it.</param>
    TSimd Apply<TSimd>(TSimd sums, float* bias)
        where TSimd : struct, ISimd<TSimd>;
}
