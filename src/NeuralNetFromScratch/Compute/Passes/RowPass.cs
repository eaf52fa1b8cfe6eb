using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// An operation on the rows of a batch, each processed independently. It is a struct, or a ref struct with views of its operands; it processes a
/// row in registers with <see cref="PartialVector"/>.
/// </summary>
internal interface IRowOperation
{
    void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Runs operations over rows, which are divided among the workers.</summary>
internal static class RowPass
{
    /// <summary>Runs an operation on each row.</summary>
    /// <param name="engine">Whose workers and registers are used.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="work">Number of elements in all rows.</param>
    /// <param name="grain">The minimum number of elements for an additional worker.</param>
    public static void ForRows<TOperation>(this Engine engine, TOperation operation, int rows, long work, int grain)
        where TOperation : struct, IRowOperation, allows ref struct =>
        engine.Run(new Job<TOperation>(engine.Width, operation, rows), engine.WorkersFor(work, grain));

    private readonly ref struct Job<TOperation>(SimdWidth width, TOperation operation, int rows) : IJob
        where TOperation : struct, IRowOperation, allows ref struct
    {
        private readonly TOperation _operation = operation;
        private readonly SimdWidth _width = width;
        private readonly int _rows = rows;

        public void Run(int worker, int workers)
        {
            var kernel = new Kernel<TOperation>(_operation, Section.Of(_rows, 1, worker, workers));
            SimdDispatch.Run(_width, ref kernel);
        }
    }

    private ref struct Kernel<TOperation>(TOperation operation, Section rows) : ISimdKernel
        where TOperation : struct, IRowOperation, allows ref struct
    {
#pragma warning disable IDE0044 // A read-only field would be copied at every call.
        private TOperation _operation = operation;
#pragma warning restore IDE0044
        private readonly Section _rows = rows;

        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = _rows.Start; row < _rows.End; row++)
                _operation.Run<TSimd>(row);
        }
    }
}

/// <summary><c>yⱼ = scale · exp(xⱼ − max x) / Σₖ exp(xₖ − max x)</c> over one row; x and y may be the same memory.</summary>
internal unsafe struct SoftmaxRowKernel(float* x, float* y, int length, float scale) : ISimdKernel
{
    /// <summary><c>max x</c>.</summary>
    public float Maximum { get; private set; }

    /// <summary><c>log Σₖ exp(xₖ − max x)</c>. Adding the maximum would lose digits if it is large.</summary>
    public double ShiftedLogSum { get; private set; }

    /// <summary>
    /// The maximum length of a row whose exponentials are held in a buffer until their sum is known. A partial store to y would have to reach the cache before its
    /// values can be read again: 64 rows of ten classes 2.7 → 2.1 µs.
    /// </summary>
    private const int ShortLength = 64;

    [SkipLocalsInit]
    [MethodImpl(HotPath.CompileOnce)]
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        float* buffer = stackalloc float[ShortLength];
        bool isShort = length <= ShortLength;
        float* exponentials = isShort ? buffer : y;
        int space = isShort ? ShortLength : length;
        float maximum = MaximumOf<TSimd>();

        // A row of −∞ only or with NaN gives NaN, as does one with +∞.
        TSimd shift = TSimd.Broadcast(maximum);
        for (int i = 0; i < length; i += TSimd.Width)
            PartialVector.Store(TSimd.Exp(PartialVector.Load<TSimd>(x + i, length - i) - shift), exponentials + i, space - i);
        double sum = 0;
        for (int i = 0; i < length; i++)
            sum += exponentials[i];

        TSimd factor = TSimd.Broadcast((float)(scale / sum));
        for (int i = 0; i < length; i += TSimd.Width)
            PartialVector.Store(factor * PartialVector.Load<TSimd>(exponentials + i, space - i), y + i, length - i);
        Maximum = maximum;
        ShiftedLogSum = PortableMath.Log(sum);
    }

    /// <summary>The largest value, NaNs left out: a maximum is exact, and has the same bits in any order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float MaximumOf<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        float maximum = float.NegativeInfinity;
        int i = 0;
        if (length >= 2 * TSimd.Width)
        {
            TSimd first = TSimd.Broadcast(maximum), second = first;
            for (; i <= length - 2 * TSimd.Width; i += 2 * TSimd.Width)
            {
                TSimd left = TSimd.Load(x + i), right = TSimd.Load(x + i + TSimd.Width);
                first = TSimd.SelectLess(first, left, left, first);
                second = TSimd.SelectLess(second, right, right, second);
            }

            float* lanes = stackalloc float[16];
            TSimd.Store(TSimd.SelectLess(first, second, second, first), lanes);
            for (int lane = 0; lane < TSimd.Width; lane++)
                maximum = maximum < lanes[lane] ? lanes[lane] : maximum;
        }

        for (; i < length; i++)
            maximum = maximum < x[i] ? x[i] : maximum;
        return maximum;
    }
}

/// <summary>The softmax function.</summary>
internal static unsafe class Softmax
{
    /// <summary>Writes <c>scale · softmax(x)</c> and returns <c>log Σ exp(x − max x)</c> and <c>max x</c>.</summary>
    public static (double ShiftedLogSum, float Maximum) Row(ReadOnlySpan<float> x, Span<float> y, float scale) => Row(x, y, scale, SimdWidths.Best);

    /// <summary><see cref="Row(ReadOnlySpan{float}, Span{float}, float)"/> with registers of a given width.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    internal static (double ShiftedLogSum, float Maximum) Row(ReadOnlySpan<float> x, Span<float> y, float scale, SimdWidth width)
    {
        fixed (float* input = x, output = y)
        {
            var kernel = new SoftmaxRowKernel(input, output, x.Length, scale);
            SimdDispatch.Run(width, ref kernel);
            return (kernel.ShiftedLogSum, kernel.Maximum);
        }
    }

    /// <summary>Replaces each row of <paramref name="columns"/> values by the logarithm of its softmax: <c>x − max x − log Σ exp(x − max x)</c>.</summary>
    public static void LogRows(Span<float> values, int columns)
    {
        for (int start = 0; start < values.Length; start += columns)
        {
            Span<float> row = values.Slice(start, columns);
            float maximum = float.NegativeInfinity;
            foreach (float value in row)
                maximum = MathF.Max(maximum, value);
            double sum = 0;
            foreach (float value in row)
                sum += PortableMath.Exp((double)value - maximum);
            double logSum = PortableMath.Log(sum);
            foreach (ref float value in row)
                value = (float)((double)value - maximum - logSum);
        }
    }

    /// <summary>Replaces each row of <paramref name="columns"/> values by its softmax.</summary>
    public static void Rows(Span<float> values, int columns)
    {
        for (int start = 0; start < values.Length; start += columns)
        {
            Span<float> row = values.Slice(start, columns);
            Row(row, row, 1);
        }
    }
}
