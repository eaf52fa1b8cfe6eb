using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// An element-wise function and its derivative. A layer such as <see cref="Dense"/> takes one; the built-in ones are fused into the
/// matrix product. Derive from this class for a function of your own: it runs as a pass of its own after the product.
/// </summary>
/// <param name="settings">Kind and settings.</param>
public abstract class Activation(Settings settings) : Part(settings)
{
    /// <summary><c>f(x) = x</c>.</summary>
    public static Activation Identity { get; } = new BuiltInActivation<IdentityFunction>();

    /// <summary>The rectifier <c>f(x) = max(x, 0)</c>; its derivative at 0 is taken as 0 (Nair and Hinton 2010).</summary>
    public static Activation Relu { get; } = new BuiltInActivation<ReluFunction>();

    /// <summary>The logistic function <c>f(x) = 1 / (1 + e⁻ˣ)</c>.</summary>
    public static Activation Sigmoid { get; } = new BuiltInActivation<SigmoidFunction>();

    /// <summary>The hyperbolic tangent.</summary>
    public static Activation Tanh { get; } = new BuiltInActivation<TanhFunction>();

    /// <summary>The exponential linear unit with fixed α and scale that keep mean and variance (Klambauer et al. 2017).</summary>
    public static Activation Selu { get; } = new BuiltInActivation<SeluFunction>();

    /// <summary><c>f(x) = x·σ(x)</c>, also called swish (Hendrycks and Gimpel 2016; Elfwing et al. 2017).</summary>
    public static Activation Silu { get; } = new BuiltInActivation<SiluFunction>();

    /// <summary><c>f(x) = x·min(max(x + 3, 0), 6) / 6</c> (Howard et al. 2019).</summary>
    public static Activation HardSwish { get; } = new BuiltInActivation<HardSwishFunction>();

    /// <summary><c>f(x) = x·Φ(x)</c> with the standard normal distribution's Φ (Hendrycks and Gimpel 2016), computed exactly.</summary>
    public static Activation Gelu { get; } = new BuiltInActivation<GeluFunction>();

    /// <summary><c>f(x) = x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2</c>: the approximation of <see cref="Gelu"/> that many models were trained with.</summary>
    public static Activation GeluTanh { get; } = new BuiltInActivation<GeluTanhFunction>();

    /// <summary><c>f(x) = log(1 + eˣ)</c> (Dugas et al. 2001).</summary>
    public static Activation Softplus { get; } = new BuiltInActivation<SoftplusFunction>();

    /// <summary>The exponential linear unit <c>f(x) = x where x > 0, else α·(eˣ − 1)</c> (Clevert et al. 2016).</summary>
    /// <param name="alpha">α; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is negative or not finite.</exception>
    public static Activation Elu(float alpha = 1) => new BuiltInActivation<EluFunction>(new Setting("alpha", alpha));

    /// <summary>The rectifier that lets a little through: <c>f(x) = x where x > 0, else slope·x</c> (Maas et al. 2013).</summary>
    /// <param name="slope">Slope below 0; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="slope"/> is negative or not finite.</exception>
    public static Activation LeakyRelu(float slope = 0.01f) => new BuiltInActivation<LeakyReluFunction>(new Setting("slope", slope));

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

    /// <summary><c>C = f(A·B + bias)</c>.</summary>
    internal virtual unsafe void MultiplyAndApply(Engine engine, in Product product)
    {
        Gemm.Run(engine, product, new BiasActivationEpilogue<IdentityFunction>(default));
        var output = new Span<float>(product.C, product.Rows * product.Columns);
        ApplyWith(engine, output, output);
    }

    /// <summary><c>output = f(input)</c> on the engine's workers.</summary>
    internal virtual void ApplyWith(Engine engine, ReadOnlySpan<float> input, Span<float> output) => Apply(input, output);

    /// <summary><c>dZ = dA ∘ f'</c> and <c>db = Σ dZ</c>.</summary>
    internal virtual unsafe void Sweep(Engine engine, in BackwardSweep sweep)
    {
        int length = sweep.Rows * sweep.Columns;
        Differentiate(new ReadOnlySpan<float>(sweep.Argument, length), new Span<float>(sweep.Gradient, length));
        Identity.Sweep(engine, sweep);
    }

    private protected static void ThrowIfLengthsDiffer(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length != second.Length)
            throw new ArgumentException($"expected two spans of the same length, got {first.Length} and {second.Length}");
    }
}
