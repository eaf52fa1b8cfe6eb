using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>An activation whose function the JIT compiles into the loops that use it.</summary>
internal sealed unsafe class BuiltInActivation<TFunction>(string name, TFunction function, Initializer defaultInitializer) : Activation
    where TFunction : struct, IActivationFunction
{
    /// <summary>Fewest elements that are worth waking a worker for.</summary>
    private const int GrainSize = 8192;

    public override string Name => name;

    public override bool DerivativeNeedsInput => TFunction.DerivativeNeedsInput;

    public override Initializer DefaultInitializer => defaultInitializer;

    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        ThrowIfLengthsDiffer(input, output);
        fixed (float* x = input, y = output)
        {
            var kernel = new ApplyKernel<TFunction>(function, x, y, input.Length);
            SimdDispatch.Run(SimdWidths.Best, ref kernel);
        }
    }

    public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient)
    {
        ThrowIfLengthsDiffer(argument, gradient);
        fixed (float* a = argument, g = gradient)
        {
            var kernel = new DifferentiateKernel<TFunction>(function, a, g, argument.Length);
            SimdDispatch.Run(SimdWidths.Best, ref kernel);
        }
    }

    internal override void MultiplyAndApply(Engine engine, in Product product) =>
        Gemm.Run(engine, product, new BiasActivationEpilogue<TFunction>(function));

    internal override void ApplyWith(Engine engine, ReadOnlySpan<float> input, Span<float> output)
    {
        fixed (float* x = input, y = output)
            engine.Run(new ApplyJob<TFunction>(engine, function, x, y, input.Length), engine.WorkersFor(input.Length, GrainSize));
    }

    internal override void Sweep(Engine engine, in BackwardSweep sweep) =>
        engine.Run(new BackwardSweepJob<TFunction>(engine, function, sweep), engine.WorkersFor(sweep.Rows * sweep.Columns, GrainSize));
}
