using System.Diagnostics;
using System.Runtime.CompilerServices;

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

/// <summary>Functions over runs of elements, which are dealt out to the workers in whole cache lines.</summary>
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
            Debug.Assert(_x.Length == _y.Length);
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
            Debug.Assert(_first.Length == _y.Length && _second.Length == _y.Length);
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
