using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Compute;

/// <summary>A function of one number, written once for every register width.</summary>
internal interface IElementFunction
{
    TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>A function of two numbers, written once for every register width.</summary>
internal interface IPairFunction
{
    TSimd Apply<TSimd>(TSimd first, TSimd second)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Runs functions over elements, which are divided among the workers in whole cache lines.</summary>
internal static unsafe class ElementPass
{
    /// <summary>Computes <c>y = f(x)</c>; x and y may be the same memory.</summary>
    public static void ForElements<TFunction>(this Engine engine, TFunction function, ReadOnlySpan<float> x, Span<float> y, int grain)
        where TFunction : struct, IElementFunction =>
        engine.Run(new Job<TFunction>(engine.Width, function, x, y), engine.WorkersFor(x.Length, grain));

    /// <summary>Computes <c>y = f(first, second)</c>; y may be the same memory as either.</summary>
    public static void ForElements<TFunction>(
        this Engine engine, TFunction function, ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> y, int grain)
        where TFunction : struct, IPairFunction =>
        engine.Run(new PairJob<TFunction>(engine.Width, function, first, second, y), engine.WorkersFor(first.Length, grain));

    /// <summary><see cref="ForElements{TFunction}(Engine, TFunction, ReadOnlySpan{float}, Span{float}, int)"/> on the calling thread.</summary>
    public static void Run<TFunction>(SimdWidth width, TFunction function, ReadOnlySpan<float> x, Span<float> y)
        where TFunction : struct, IElementFunction => new Job<TFunction>(width, function, x, y).Run(0, 1);

    /// <summary>
    /// <see cref="ForElements{TFunction}(Engine, TFunction, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int)"/> on the calling thread.
    /// </summary>
    public static void Run<TFunction>(SimdWidth width, TFunction function, ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> y)
        where TFunction : struct, IPairFunction => new PairJob<TFunction>(width, function, first, second, y).Run(0, 1);

    private readonly ref struct Job<TFunction>(SimdWidth width, TFunction function, ReadOnlySpan<float> x, Span<float> y) : IJob
        where TFunction : struct, IElementFunction
    {
        private readonly SimdWidth _width = width;
        private readonly TFunction _function = function;
        private readonly ReadOnlySpan<float> _x = x;
        private readonly Span<float> _y = y;

        public void Run(int worker, int workers)
        {
            if (_x.Length != _y.Length)
                throw new ArgumentException($"expected as many results as numbers, {_x.Length}, got room for {_y.Length}");
            var part = Section.Of(_x.Length, AlignedMemory.Alignment, worker, workers);
            fixed (float* x = _x, y = _y)
            {
                var kernel = new Kernel<TFunction>(_function, x + part.Start, y + part.Start, part.Count);
                SimdDispatch.Run(_width, ref kernel);
            }
        }
    }

    private readonly struct Kernel<TFunction>(TFunction function, float* x, float* y, int length) : ISimdKernel
        where TFunction : struct, IElementFunction
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int i = 0; i < length; i += TSimd.Width)
                PartialVector.Store(function.Apply(PartialVector.Load<TSimd>(x + i, length - i)), y + i, length - i);
        }
    }

    private readonly ref struct PairJob<TFunction>(SimdWidth width, TFunction function, ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> y)
        : IJob
        where TFunction : struct, IPairFunction
    {
        private readonly SimdWidth _width = width;
        private readonly TFunction _function = function;
        private readonly ReadOnlySpan<float> _first = first, _second = second;
        private readonly Span<float> _y = y;

        public void Run(int worker, int workers)
        {
            if (_first.Length != _y.Length || _second.Length != _y.Length)
                throw new ArgumentException($"expected as many numbers as results, {_y.Length}, got {_first.Length} and {_second.Length}");
            var part = Section.Of(_y.Length, AlignedMemory.Alignment, worker, workers);
            fixed (float* first = _first, second = _second, y = _y)
            {
                var kernel = new PairKernel<TFunction>(_function, first + part.Start, second + part.Start, y + part.Start, part.Count);
                SimdDispatch.Run(_width, ref kernel);
            }
        }
    }

    private readonly struct PairKernel<TFunction>(TFunction function, float* first, float* second, float* y, int length) : ISimdKernel
        where TFunction : struct, IPairFunction
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int i = 0; i < length; i += TSimd.Width)
            {
                TSimd value = function.Apply(PartialVector.Load<TSimd>(first + i, length - i), PartialVector.Load<TSimd>(second + i, length - i));
                PartialVector.Store(value, y + i, length - i);
            }
        }
    }
}

/// <summary>A function of one number with its derivative, written once for every register width.</summary>
internal interface IActivationFunction : IElementFunction
{
    /// <summary>Whether the derivative is computed from the input x, or from the output y = f(x).</summary>
    static abstract bool DerivativeNeedsInput { get; }

    /// <summary>Whether <c>f(x) = x</c>, so that nothing is computed.</summary>
    static virtual bool IsIdentity => false;

    /// <summary><c>dL/dx = dL/dy · f'</c>.</summary>
    /// <param name="argument">The input x if <see cref="DerivativeNeedsInput"/> is true, otherwise the output y.</param>
    /// <param name="gradient">dL/dy.</param>
    TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Conversion of bytes to floats.</summary>
internal static unsafe class BytePass
{
    /// <summary>Whether every byte has a finite product with the scale.</summary>
    public static bool AreFinite(float scale) => float.IsFinite(byte.MaxValue * scale);

    /// <summary>Computes <c>floats[i] = bytes[i] · scale</c>.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    public static void Scale(ReadOnlySpan<byte> bytes, float scale, Span<float> floats)
    {
        floats = floats[..bytes.Length];
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        ref float destination = ref MemoryMarshal.GetReference(floats);
        int i = 0;
        for (; i <= bytes.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref source, (nuint)i));
            Scale(low, ref destination, i, scale);
            Scale(high, ref destination, i + Vector128<ushort>.Count, scale);
        }

        for (; i < bytes.Length; i++)
            floats[i] = bytes[i] * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(Vector128<ushort> eight, ref float destination, int start, float scale)
    {
        Vector256<int> wide = Vector256.WidenLower(eight.ToVector256Unsafe()).AsInt32();
        (Vector256.ConvertToSingle(wide) * scale).StoreUnsafe(ref destination, (nuint)start);
    }
}
