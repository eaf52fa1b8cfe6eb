using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>A function with what files and layers know of it.</summary>
internal interface IBuiltInFunction<TSelf> : IActivationFunction
    where TSelf : struct, IBuiltInFunction<TSelf>
{
    static abstract string Kind { get; }

    static abstract Initializer DefaultInitializer { get; }

    /// <summary>The function that settings ask for; most have none.</summary>
    static virtual TSelf Create(Settings settings) => default;
}

/// <summary>An activation whose function the JIT compiles into the loops that use it.</summary>
internal sealed unsafe class BuiltInActivation<TFunction> : Activation, IPart<BuiltInActivation<TFunction>>
    where TFunction : struct, IBuiltInFunction<TFunction>
{
    /// <summary>Fewest elements that are worth waking a worker for.</summary>
    private const int GrainSize = 8192;

    private readonly TFunction _function;

    public BuiltInActivation(params ReadOnlySpan<Setting> settings)
        : this(new Settings(TFunction.Kind, settings))
    {
    }

    private BuiltInActivation(Settings settings)
        : base(settings) => _function = TFunction.Create(settings);

    public static string Kind => TFunction.Kind;

    public override bool DerivativeNeedsInput => TFunction.DerivativeNeedsInput;

    public override Initializer DefaultInitializer => TFunction.DefaultInitializer;

    public static BuiltInActivation<TFunction> Create(Settings settings) => new(settings);

    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        ThrowIfLengthsDiffer(input, output);
        fixed (float* x = input, y = output)
        {
            var kernel = new ApplyKernel<TFunction>(_function, x, y, input.Length);
            SimdDispatch.Run(SimdWidths.Best, ref kernel);
        }
    }

    public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient)
    {
        ThrowIfLengthsDiffer(argument, gradient);
        fixed (float* a = argument, g = gradient)
        {
            var kernel = new DifferentiateKernel<TFunction>(_function, a, g, argument.Length);
            SimdDispatch.Run(SimdWidths.Best, ref kernel);
        }
    }

    internal override void MultiplyAndApply(Engine engine, in Product product) =>
        Gemm.Run(engine, product, new BiasActivationEpilogue<TFunction>(_function));

    internal override void ApplyWith(Engine engine, ReadOnlySpan<float> input, Span<float> output)
    {
        fixed (float* x = input, y = output)
            engine.Run(new ApplyJob<TFunction>(engine, _function, x, y, input.Length), engine.WorkersFor(input.Length, GrainSize));
    }

    internal override void Sweep(Engine engine, in BackwardSweep sweep) =>
        engine.Run(new BackwardSweepJob<TFunction>(engine, _function, sweep), engine.WorkersFor(sweep.Rows * sweep.Columns, GrainSize));
}
