using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The term of a sum along a row, a register at a time.</summary>
internal interface ISumTerm
{
    /// <summary>Adds the elements from an index on to the same number of partial sums. Beyond the end of the row they are zero.</summary>
    void AddTo<TSimd>(ref TSimd sums, int start)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>
/// Sums along a row or a buffer, with the same bits at every register width: element i is added to partial sum i mod 16 of its chunk, whose
/// length is a constant; the sixteen partial sums, then the chunks, are added in a binary tree.
/// </summary>
internal static unsafe class RowSum
{
    /// <summary>Elements of a chunk.</summary>
    public const int ChunkLength = 4096;

    private const int PartialSums = 16;

    /// <summary>Computes the sum of the first elements of a term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of<TSimd, TTerm>(TTerm term, int length)
        where TSimd : struct, ISimd<TSimd>
        where TTerm : struct, ISumTerm, allows ref struct =>
        length <= ChunkLength ? OfChunk<TSimd, TTerm>(term, 0, length) : OfChunks<TSimd, TTerm>(term, 0, length);

    /// <summary>The sum of the squares of some values, in one chunk.</summary>
    public static float OfSquares(SimdWidth width, ReadOnlySpan<float> values)
    {
        var kernel = new SquaresKernel(values);
        SimdDispatch.Run(width, ref kernel);
        return kernel.Sum;
    }

    /// <summary>Adds the sums of chunks, which are overwritten, in a binary tree.</summary>
    public static double Tree(Span<double> sums)
    {
        for (int stride = 1; stride < sums.Length; stride *= 2)
        {
            for (int i = 0; i + stride < sums.Length; i += 2 * stride)
                sums[i] += sums[i + stride];
        }

        return sums.IsEmpty ? 0 : sums[0];
    }

    private static float OfChunks<TSimd, TTerm>(TTerm term, int start, int end)
        where TSimd : struct, ISimd<TSimd>
        where TTerm : struct, ISumTerm, allows ref struct
    {
        int chunks = (end - start + ChunkLength - 1) / ChunkLength;
        if (chunks <= 1)
            return OfChunk<TSimd, TTerm>(term, start, end);
        int middle = start + (chunks + 1) / 2 * ChunkLength;
        return OfChunks<TSimd, TTerm>(term, start, middle) + OfChunks<TSimd, TTerm>(term, middle, end);
    }

    [SkipLocalsInit]
    [MethodImpl(HotPath.CompileOnce)]
    private static float OfChunk<TSimd, TTerm>(TTerm term, int start, int end)
        where TSimd : struct, ISimd<TSimd>
        where TTerm : struct, ISumTerm, allows ref struct
    {
        float* sums = stackalloc float[PartialSums];
        if (TSimd.Width == PartialSums)
        {
            TSimd all = TSimd.Zero;
            for (int i = start; i < end; i += PartialSums)
                term.AddTo(ref all, i);
            TSimd.Store(all, sums);
        }
        else if (TSimd.Width == PartialSums / 2)
        {
            TSimd low = TSimd.Zero, high = TSimd.Zero;
            for (int i = start; i < end; i += PartialSums)
            {
                term.AddTo(ref low, i);
                if (i + TSimd.Width < end)
                    term.AddTo(ref high, i + TSimd.Width);
            }

            TSimd.Store(low, sums);
            TSimd.Store(high, sums + TSimd.Width);
        }
        else
        {
            new Span<float>(sums, PartialSums).Clear();
            for (int i = start; i < end; i += TSimd.Width)
            {
                float* place = sums + (i - start) % PartialSums;
                TSimd some = TSimd.Load(place);
                term.AddTo(ref some, i);
                TSimd.Store(some, place);
            }
        }

        for (int half = PartialSums / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
                sums[i] += sums[i + half];
        }

        return sums[0];
    }

    private ref struct SquaresKernel(ReadOnlySpan<float> values) : ISimdKernel
    {
        private readonly ReadOnlySpan<float> _values = values;

        public float Sum { get; private set; }

        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Sum = Of<TSimd, Squares>(new(_values), _values.Length);
    }

    /// <summary>The squares of some values.</summary>
    public readonly ref struct Squares(ReadOnlySpan<float> values) : ISumTerm
    {
        private readonly ReadOnlySpan<float> _values = values;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddTo<TSimd>(ref TSimd sums, int start)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd value = PartialVector.Load<TSimd>(_values, start);
            TSimd.AddProduct(ref sums, value, value);
        }
    }
}
