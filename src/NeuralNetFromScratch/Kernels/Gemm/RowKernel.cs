using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Kernels;

/// <summary>
/// One row of C, eight registers at a time: <c>c = a·B</c> for a single sample. A tile of one row would wait for its two sums in each
/// step; eight keep the multipliers busy, and B is read as it lies, row by row. The sums are the same chains as the tile's.
/// </summary>
internal static unsafe class RowKernel<TSimd, TEpilogue>
    where TSimd : struct, ISimd<TSimd>
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Columns of C that a call computes.</summary>
    public static int Columns => 8 * TSimd.Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in Product product, int column, TEpilogue epilogue)
    {
        int width = TSimd.Width;
        float* a = product.A;
        float* b = product.B + column;
        float* c = product.C + column;
        TSimd c0 = TSimd.Zero, c1 = TSimd.Zero, c2 = TSimd.Zero, c3 = TSimd.Zero;
        TSimd c4 = TSimd.Zero, c5 = TSimd.Zero, c6 = TSimd.Zero, c7 = TSimd.Zero;
        if (product.Accumulate)
        {
            c0 = TSimd.Load(c);
            c1 = TSimd.Load(c + width);
            c2 = TSimd.Load(c + 2 * width);
            c3 = TSimd.Load(c + 3 * width);
            c4 = TSimd.Load(c + 4 * width);
            c5 = TSimd.Load(c + 5 * width);
            c6 = TSimd.Load(c + 6 * width);
            c7 = TSimd.Load(c + 7 * width);
        }

        for (int depth = product.Depth; depth > 0; depth--)
        {
            TSimd broadcast = TSimd.Broadcast(*a);
            TSimd.AddProduct(ref c0, broadcast, TSimd.Load(b));
            TSimd.AddProduct(ref c1, broadcast, TSimd.Load(b + width));
            TSimd.AddProduct(ref c2, broadcast, TSimd.Load(b + 2 * width));
            TSimd.AddProduct(ref c3, broadcast, TSimd.Load(b + 3 * width));
            TSimd.AddProduct(ref c4, broadcast, TSimd.Load(b + 4 * width));
            TSimd.AddProduct(ref c5, broadcast, TSimd.Load(b + 5 * width));
            TSimd.AddProduct(ref c6, broadcast, TSimd.Load(b + 6 * width));
            TSimd.AddProduct(ref c7, broadcast, TSimd.Load(b + 7 * width));
            a += product.AColumn;
            b += product.BRow;
        }

        float* bias = product.Bias is null ? null : product.Bias + column;
        TSimd.Store(epilogue.Apply(c0, bias), c);
        TSimd.Store(epilogue.Apply(c1, bias + width), c + width);
        TSimd.Store(epilogue.Apply(c2, bias + 2 * width), c + 2 * width);
        TSimd.Store(epilogue.Apply(c3, bias + 3 * width), c + 3 * width);
        TSimd.Store(epilogue.Apply(c4, bias + 4 * width), c + 4 * width);
        TSimd.Store(epilogue.Apply(c5, bias + 5 * width), c + 5 * width);
        TSimd.Store(epilogue.Apply(c6, bias + 6 * width), c + 6 * width);
        TSimd.Store(epilogue.Apply(c7, bias + 7 * width), c + 7 * width);
    }
}
