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
internal sealed class BuiltInActivation<TFunction> : Activation, IPart<BuiltInActivation<TFunction>>
    where TFunction : struct, IBuiltInFunction<TFunction>
{
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
        ElementPass.Run(SimdWidths.Best, _function, input, output);
    }

    public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient)
    {
        ThrowIfLengthsDiffer(argument, gradient);
        ElementPass.Run(SimdWidths.Best, new Derivative<TFunction>(_function), argument, gradient, gradient);
    }

    internal override void MultiplyAndApply(
        Engine engine, ReadOnlyMatrixView left, ReadOnlyMatrixView right, ReadOnlySpan<float> bias, MatrixView destination, GemmOptions options) =>
        engine.Multiply(left, right, destination, options, new BiasActivationEpilogue<TFunction>(bias, _function));

    internal override void ApplyWith(Engine engine, ReadOnlySpan<float> input, Span<float> output) =>
        engine.ForElements(_function, input, output, Tuning.ElementGrain);

    internal override void DifferentiateWith(Engine engine, ReadOnlySpan<float> argument, Span<float> gradient) =>
        engine.ForElements(new Derivative<TFunction>(_function), argument, gradient, gradient, Tuning.ElementGrain);

    internal override void Sweep(Engine engine, ReadOnlyMatrixView argument, MatrixView gradient, Span<float> sums, bool accumulate) => engine.ForColumns(
        new GradientSweep<TFunction> { Function = _function, Argument = argument, Gradient = gradient, Sums = sums, Accumulate = accumulate },
        gradient.Columns,
        gradient.Span.Length,
        Tuning.ElementGrain);
}
