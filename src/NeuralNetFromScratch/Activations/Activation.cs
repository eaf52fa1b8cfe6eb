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

    private protected static void ThrowIfLengthsDiffer(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length != second.Length)
            throw new ArgumentException($"expected two spans of the same length, got {first.Length} and {second.Length}");
    }
}
