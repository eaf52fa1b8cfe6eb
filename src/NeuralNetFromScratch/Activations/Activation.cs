using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// An element-wise function and its derivative. A layer such as <see cref="Dense"/> takes one; the built-in ones are fused into the
/// matrix product. Derive from this class for a function of your own: it runs as a pass of its own after the product.
/// </summary>
/// <param name="settings">Kind and settings.</param>
public abstract partial class Activation(Settings settings) : Part(settings)
{
    /// <summary>
    /// Whether <see cref="Differentiate"/> is given the function's input x, or its output y = f(x). The output costs less, since it
    /// is kept anyway.
    /// </summary>
    public abstract bool DerivativeNeedsInput { get; }

    /// <summary>How the weights of a layer with this activation start, unless the layer is told otherwise.</summary>
    public virtual Initializer DefaultInitializer => Initializer.GlorotUniform;

    /// <summary>Computes <c>output = f(input)</c>, element by element. Called from several threads at once.</summary>
    /// <param name="input">x.</param>
    /// <param name="output">y, as long as <paramref name="input"/>; it may be the same memory.</param>
    public abstract void Apply(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>Computes <c>gradient ← gradient · f'</c>, element by element. Called from several threads at once.</summary>
    /// <param name="argument">x where <see cref="DerivativeNeedsInput"/>, else y.</param>
    /// <param name="gradient">dL/dy, replaced by dL/dx; as long as <paramref name="argument"/>.</param>
    public abstract void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient);

    /// <summary><c>C = f(A·B + bias)</c>; a bias for each column, or none.</summary>
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

    /// <summary><c>dZ = dA ∘ f'</c> and <c>db = Σ dZ</c>.</summary>
    /// <param name="engine">The engine that computes.</param>
    /// <param name="argument">The activation's input or output, whichever its derivative is computed from: [rows, columns].</param>
    /// <param name="gradient">dA, replaced by dZ: [rows, columns].</param>
    /// <param name="sums">db: [columns].</param>
    /// <param name="accumulate">Whether the sums are added to what db holds.</param>
    internal virtual void Sweep(Engine engine, ReadOnlyMatrixView argument, MatrixView gradient, Span<float> sums, bool accumulate)
    {
        Differentiate(argument.Span, gradient.Span);
        Identity.Sweep(engine, argument, gradient, sums, accumulate);
    }

    /// <summary><c>y = f(x ∗ w + bias)</c>; a bias for each filter, or none.</summary>
    internal virtual void ConvolveAndApply(
        Engine engine, in ConvolutionShape shape, ReadOnlyMatrixView input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, MatrixView output)
    {
        Identity.ConvolveAndApply(engine, shape, input, weights, bias, output);
        ApplyWith(engine, output.Span, output.Span);
    }

    /// <summary><c>dZ = dA ∘ f'</c>, and the sums of dZ over the places of each sample.</summary>
    /// <param name="engine">The engine that computes.</param>
    /// <param name="argument">The activation's input or output, whichever its derivative is computed from: [samples, places · channels].</param>
    /// <param name="gradient">dA, replaced by dZ: [samples, places · channels].</param>
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

    internal override void ConvolveAndApply(
        Engine engine, in ConvolutionShape shape, ReadOnlyMatrixView input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, MatrixView output) =>
        engine.Convolve(shape, input.Rows, input.Span, weights, output.Span, new BiasActivationEpilogue<TFunction>(bias, _function));

    internal override void SweepPictures(Engine engine, ReadOnlyMatrixView argument, MatrixView gradient, MatrixView sums) => engine.ForRows(
        new PictureGradientSweep<TFunction> { Function = _function, Channels = sums.Columns, Argument = argument, Gradient = gradient, Sums = sums },
        gradient.Rows,
        gradient.Span.Length,
        Tuning.ElementGrain);
}

/// <summary>What turns the last layer's outputs into predictions. A loss says which one belongs to it.</summary>
public enum OutputActivation
{
    /// <summary>Predictions are the outputs as they are.</summary>
    None,

    /// <summary>The outputs are logits, and predictions their softmax: probabilities of one class each, which sum to 1.</summary>
    Softmax,

    /// <summary>The outputs are logits, and predictions the logarithms of their softmax.</summary>
    LogSoftmax,

    /// <summary>Each output is a logit of its own, and predictions their logistic function: probabilities that do not depend on each other.</summary>
    Sigmoid,
}

/// <summary>Output activations over rows of values.</summary>
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
