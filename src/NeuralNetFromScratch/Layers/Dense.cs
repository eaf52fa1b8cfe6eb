using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A fully connected layer: <c>A = f(X·W + b)</c> with X [batch, in], W [in, out], b [out] and A [batch, out].
/// </summary>
/// <remarks>
/// This is the transpose of the column form <c>Z = W·X + b</c>, because a sample is a row. Backward, with dA given and the activation's
/// derivative f': <c>dZ = dA ∘ f'</c>, <c>dW = Xᵀ·dZ</c>, <c>db = Σ dZ</c> over the rows, <c>dX = dZ·Wᵀ</c>. dA already contains the factor 1/m
/// of the mean.
/// </remarks>
public sealed partial class Dense : Layer, IPart<Dense>
{
    private const int Weight = 0, Bias = 1;

    private readonly Initializer _weightInitializer;
    private readonly Initializer _biasInitializer;

    /// <summary>Creates a fully connected layer.</summary>
    /// <param name="units">The number of outputs; positive.</param>
    /// <param name="activation">The activation f; null for the identity.</param>
    /// <param name="weightInitializer">The initializer of the weights; null for that of the activation.</param>
    /// <param name="biasInitializer">The initializer of the biases; null for zeros.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is not positive.</exception>
    public Dense(int units, Activation? activation = null, Initializer? weightInitializer = null, Initializer? biasInitializer = null)
        : this(new Settings(Kind, new Setting("units", units)).With("activation", Activation.Identity.Equals(activation) ? null : activation), weightInitializer, biasInitializer)
    {
    }

    private Dense(Settings settings, Initializer? weightInitializer, Initializer? biasInitializer)
        : base(settings)
    {
        Units = Guard.Positive(settings.Get<int>("units"), "units");
        Activation = settings.Get("activation", Activation.Identity);
        HasBias = settings.Get("bias", true);
        string skipping = settings.Get("zeroSkipping", nameof(ZeroSkipping.Automatic));
        ZeroSkipping = Enum.TryParse(skipping, out ZeroSkipping known) ? known : throw new ArgumentException($"{MessageText.Quote(skipping)} is not a value of ZeroSkipping", nameof(settings));
        _weightInitializer = weightInitializer ?? Activation.DefaultInitializer;
        _biasInitializer = biasInitializer ?? Initializer.Zeros;
    }

    /// <summary>The kind of this part: "dense".</summary>
    public static string Kind => "dense";

    /// <summary>The number of outputs.</summary>
    public int Units { get; }

    /// <summary>The activation f.</summary>
    public Activation Activation { get; }

    /// <summary>Whether the layer has a bias b. A normalization layer that follows makes the bias redundant. Default: true.</summary>
    public bool HasBias
    {
        get;
        init => Settings = Settings.With("bias", field = value, defaultValue: true);
    }

    /// <summary>
    /// Whether products with inputs that are 0 are skipped, in the forward pass and in the weight gradient. This changes only the time, not the
    /// results, if weights and gradients are finite. Default: <see cref="ZeroSkipping.Automatic"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public ZeroSkipping ZeroSkipping
    {
        get;
        init
        {
            field = Guard.Defined(value, nameof(ZeroSkipping));
            Settings = Settings.With("zeroSkipping", value == ZeroSkipping.Automatic ? null : value.ToString());
        }
    }

    /// <summary>Creates a layer from its settings.</summary>
    /// <param name="settings">The kind and settings.</param>
    /// <exception cref="ArgumentException">A setting is missing or out of range.</exception>
    public static Dense Create(Settings settings) => new(settings, null, null);

    /// <summary>In PyTorch an activation is a separate module.</summary>
    internal override int PyTorchModules => Activation.Equals(Activation.Identity) ? 1 : 2;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) =>
        inputShape.ElementCount > 0 ? [Units] : throw new ArgumentException($"expected samples with values, got shape {inputShape}", nameof(inputShape));

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("weight", [inputShape.ElementCount, Units], _weightInitializer, ParameterRole.Weight) { PyTorchAxes = [1, 0] },
        .. HasBias ? (ReadOnlySpan<ParameterDefinition>)[new("bias", [Units], _biasInitializer, ParameterRole.NoDecay)] : [],
    ];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(Activation.DerivativeNeedsInput ? Guard.Length(rows, Units) : 0);

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, Units);
        ReadOnlyMatrixView weights = Weights(context, input.Columns);
        ReadOnlySpan<float> biases = Biases(context);
        GemmOptions options = new(SkipsZeros: SkipsZeros(input));
        if (context.IsTraining && Activation.DerivativeNeedsInput)
        {
            // Z = X·W + b, A = f(Z)
            MatrixView z = new(context.ScratchOf(this, output.Span.Length), output.Rows, Units);
            Activation.Identity.MultiplyAndApply(context.Engine, input, weights, biases, z, options);
            Activation.ApplyWith(context.Engine, z.Span, output.Span);
        }
        else
        {
            // A = f(X·W + b)
            Activation.MultiplyAndApply(context.Engine, input, weights, biases, output, options);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, Units);
        // dZ = dA ∘ f', db = Σ dZ; dW = Xᵀ·dZ; dX = dZ·Wᵀ
        DifferentiateAndSum(context, output, outputGradient);
        MatrixView weightGradient = new(context.Gradients(this, Weight, checked(input.Columns * Units)), input.Columns, Units);
        context.Engine.Multiply(input.Transposed, outputGradient, weightGradient, new GemmOptions(context.Accumulate, SkipsZeros(input)));
        if (inputGradient.Rows > 0)
            context.Engine.Multiply(outputGradient, Weights(context, input.Columns).Transposed, inputGradient);
    }

    /// <summary>Whether products with zeros are left out of a batch.</summary>
    internal bool SkipsZeros(ReadOnlyMatrixView input) => ZeroSkipping switch
    {
        ZeroSkipping.Always => true,
        ZeroSkipping.Never => false,
        _ => Units >= Tuning.LeastColumnsForZeroSteps && ZeroScan.Pays(input),
    };

    /// <summary>Computes <c>dZ = dA ∘ f'</c> in place and <c>db = Σ dZ</c>.</summary>
    private void DifferentiateAndSum(in LayerContext context, ReadOnlyMatrixView output, MatrixView gradient)
    {
        ReadOnlySpan<float> argument = Activation.DerivativeNeedsInput ? context.ScratchOf(this, output.Span.Length) : output.Span;
        if (HasBias)
            Activation.Sweep(context.Engine, new(argument, output.Rows, Units), gradient, context.Gradients(this, Bias, Units), context.Accumulate);
        else
            Activation.DifferentiateWith(context.Engine, argument, gradient.Span);
    }

    private ReadOnlyMatrixView Weights(in LayerContext context, int inputs) => new(context.Values(this, Weight, checked(inputs * Units)), inputs, Units);

    private ReadOnlySpan<float> Biases(in LayerContext context) => HasBias ? context.Values(this, Bias, Units) : [];
}
