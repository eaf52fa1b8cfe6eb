using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of activations: element-wise functions with their derivative. The library's activations are fused into the matrix product of a
/// layer such as <see cref="Dense"/>; a user's activation runs as a separate pass after the product.
/// </summary>
/// <param name="settings">The kind and settings.</param>
public abstract partial class Activation(Settings settings) : Part(settings)
{
    /// <summary>
    /// Whether <see cref="Differentiate"/> receives the function's input x instead of its output y = f(x). The output costs less, since it is
    /// stored anyway.
    /// </summary>
    public abstract bool DerivativeNeedsInput { get; }

    /// <summary>
    /// The initializer of the weights of a layer with this activation, unless the layer specifies one. Default:
    /// <see cref="Initializer.GlorotUniform"/>.
    /// </summary>
    public virtual Initializer DefaultInitializer => Initializer.GlorotUniform;

    /// <summary>
    /// Computes <c>output = f(input)</c> element by element. Several threads call this method for different elements. Implementations write every
    /// element of the output.
    /// </summary>
    /// <param name="input">The inputs x: [n].</param>
    /// <param name="output">Receives the outputs y: [n]. It may be the same memory as <paramref name="input"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Apply(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>Computes <c>gradient ← gradient · f'</c> element by element. Several threads call this method for different elements.</summary>
    /// <param name="argument">The inputs x if <see cref="DerivativeNeedsInput"/> is true, otherwise the outputs y: [n].</param>
    /// <param name="gradient">dL/dy, which is replaced by dL/dx: [n].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient);

    /// <summary><c>C = f(A·B + bias)</c> with a bias for each column, or none.</summary>
    internal virtual void MultiplyAndApply(
        Engine engine, ReadOnlyMatrixView left, ReadOnlyMatrixView right, ReadOnlySpan<float> bias, MatrixView destination, GemmOptions options)
    {
        Identity.MultiplyAndApply(engine, left, right, bias, destination, options);
        ApplyWith(engine, destination.Span, destination.Span);
    }

    /// <summary><c>output = f(input)</c> on the engine's workers.</summary>
    internal virtual void ApplyWith(Engine engine, ReadOnlySpan<float> input, Span<float> output) => Apply(input, output);

    /// <summary><c>gradient ← gradient · f'</c> on the engine's workers.</summary>
    internal virtual void DifferentiateWith(Engine engine, ReadOnlySpan<float> argument, Span<float> gradient) => Differentiate(argument, gradient);

    /// <summary>Computes <c>dZ = dA ∘ f'</c> and <c>db = Σ dZ</c>.</summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="argument">The activation's input or output, depending on <see cref="DerivativeNeedsInput"/>: [rows, columns].</param>
    /// <param name="gradient">dA, which is replaced by dZ: [rows, columns].</param>
    /// <param name="sums">db: [columns].</param>
    /// <param name="accumulate">Whether to add to the existing values of db.</param>
    internal virtual void Sweep(Engine engine, ReadOnlyMatrixView argument, MatrixView gradient, Span<float> sums, bool accumulate)
    {
        Differentiate(argument.Span, gradient.Span);
        Identity.Sweep(engine, argument, gradient, sums, accumulate);
    }

    /// <summary><c>y = f(x ∗ w + bias)</c> with a bias for each filter, or none.</summary>
    internal virtual void ConvolveAndApply(
        Engine engine, in ConvolutionShape shape, ReadOnlyMatrixView input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, MatrixView output)
    {
        Identity.ConvolveAndApply(engine, shape, input, weights, bias, output);
        ApplyWith(engine, output.Span, output.Span);
    }

    /// <summary>Computes <c>dZ = dA ∘ f'</c>, and the sums of dZ over the positions of each sample.</summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="argument">
    /// The activation's input or output, depending on <see cref="DerivativeNeedsInput"/>: [samples, positions · channels].
    /// </param>
    /// <param name="gradient">dA, which is replaced by dZ: [samples, positions · channels].</param>
    /// <param name="sums">Receives the sums: [samples, channels].</param>
    internal virtual void SweepPictures(Engine engine, ReadOnlyMatrixView argument, MatrixView gradient, MatrixView sums)
    {
        Differentiate(argument.Span, gradient.Span);
        Identity.SweepPictures(engine, argument, gradient, sums);
    }

    private protected static void ThrowIfLengthsDiffer(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length != second.Length)
            throw new ArgumentException($"expected two spans of the same length, got {first.Length} and {second.Length}");
    }
}

/// <summary>A function with the properties that files and layers need.</summary>
internal interface IBuiltInFunction<TSelf> : IActivationFunction
    where TSelf : struct, IBuiltInFunction<TSelf>
{
    static abstract string Kind { get; }

    static abstract Initializer DefaultInitializer { get; }

    /// <summary>Creates the function from settings; most have none.</summary>
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

    internal override void ConvolveAndApply(
        Engine engine, in ConvolutionShape shape, ReadOnlyMatrixView input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, MatrixView output) =>
        engine.Convolve(shape, input.Rows, input.Span, weights, output.Span, new BiasActivationEpilogue<TFunction>(bias, _function));

    internal override void SweepPictures(Engine engine, ReadOnlyMatrixView argument, MatrixView gradient, MatrixView sums) => engine.ForRows(
        new PictureGradientSweep<TFunction> { Function = _function, Channels = sums.Columns, Argument = argument, Gradient = gradient, Sums = sums },
        gradient.Rows,
        gradient.Span.Length,
        Tuning.ElementGrain);
}

/// <summary>
/// The function that converts the last layer's outputs to predictions. <see cref="Loss.OutputActivation"/> gives the one that belongs to a loss.
/// </summary>
public enum OutputActivation
{
    /// <summary>The predictions are the outputs.</summary>
    None,

    /// <summary>The predictions are the softmax of the outputs (logits): probabilities of exclusive classes, which sum to 1.</summary>
    Softmax,

    /// <summary>The predictions are the logarithm of the softmax of the outputs (logits).</summary>
    LogSoftmax,

    /// <summary>The predictions are the logistic function of each output (logit): probabilities of independent labels.</summary>
    Sigmoid,
}

/// <summary>Applies output activations to rows of values.</summary>
internal static class OutputActivations
{
    /// <summary>Replaces rows of outputs by predictions.</summary>
    public static void Apply(this OutputActivation activation, Span<float> values, int columns)
    {
        switch (activation)
        {
            case OutputActivation.Softmax: Softmax.Rows(values, columns); break;
            case OutputActivation.LogSoftmax: Softmax.LogRows(values, columns); break;
            case OutputActivation.Sigmoid: Activation.Sigmoid.Apply(values, values); break;
        }
    }
}
