using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>The library's micro-kernel, which the upper rungs share: they differ in where they call it, and on what memory.</summary>
internal static class LadderTile
{
    /// <summary>The sizes that belong to a register type.</summary>
    public static Blocking BlockingFor<TSimd>()
        where TSimd : struct, ISimd<TSimd> => Tuning.Blocking(TSimd.Width switch
        {
            16 => SimdWidth.Bits512,
            8 => SimdWidth.Bits256,
            4 => SimdWidth.Bits128,
            _ => SimdWidth.Scalar,
        });

    /// <summary>One tile of C: 12 rows where there are 32 registers, else 6, by two registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TSimd>(in Tile tile)
        where TSimd : struct, ISimd<TSimd>
    {
        if (TSimd.Width == 16)
            MicroKernel<TSimd, Twelve, Two, AllSteps>.Run(tile);
        else
            MicroKernel<TSimd, Six, Two, AllSteps>.Run(tile);
    }
}
