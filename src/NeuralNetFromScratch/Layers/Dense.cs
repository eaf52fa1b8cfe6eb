using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A fully connected layer: <c>A = f(X·W + b)</c> with X [batch, in], W [in, out], b [out] and A [batch, out].
/// </summary>
/// <remarks>
/// The textbook's column form <c>Z = W·X + b</c> is the same with every matrix transposed: samples are rows here, because they come
/// so and stay so in memory. Backward, with dA given and f' the activation's derivative:
/// <c>dZ = dA ∘ f'</c>, <c>dW = Xᵀ·dZ</c>, <c>db = Σ dZ</c> over the rows, <c>dX = dZ·Wᵀ</c>. The factor 1/m is already in dA.
/// </remarks>
public sealed unsafe partial class Dense : Layer
{
    private const int Weight = 0, Bias = 1;

    private readonly Initializer _weights;
    private readonly Initializer _biases;

    /// <summary>A fully connected layer.</summary>
    /// <param name="units">Number of outputs.</param>
    /// <param name="activation">The function f; the identity unless given.</param>
    /// <param name="weights">How the weights start; as suits the activation unless given.</param>
    /// <param name="biases">How the biases start; zeros unless given.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is not positive.</exception>
    public Dense(int units, Activation? activation = null, Initializer? weights = null, Initializer? biases = null)
        : base(new Settings("dense", new Setting("units", units)).With("activation", Activation.Identity.Equals(activation) ? null : activation))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        Units = units;
        Activation = activation ?? Activation.Identity;
        _weights = weights ?? Activation.DefaultInitializer;
        _biases = biases ?? Initializer.Zeros;
    }

    /// <summary>Number of outputs.</summary>
    public int Units { get; }

    /// <summary>The function f.</summary>
    public Activation Activation { get; }

    /// <summary>
    /// Whether products with inputs that are zero are left out, forward and in the weight gradient. It pays where zeros lie side by side in
    /// many samples, such as the margins of images, in the first layer; elsewhere it costs a little. The results have the same bits as
    /// long as the weights are finite: 0 · ∞ is left out too. False unless set.
    /// </summary>
    public bool SkipsZeroInputs
    {
        get;
        init => Settings = Settings.With("skipsZeroInputs", field = value, usual: false);
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) =>
        inputShape.ElementCount > 0 ? [Units] : throw new ArgumentException($"expected samples with values, got shape {inputShape}", nameof(inputShape));

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("weight", [inputShape.ElementCount, Units], _weights, ParameterRole.Weight) { PyTorchAxes = [1, 0] },
        new("bias", [Units], _biases, ParameterRole.Bias),
    ];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(Activation.DerivativeNeedsInput ? checked(rows * Units) : 0);

    /// <inheritdoc/>
    [MethodImpl(HotPath.CompileOnce)]
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        bool keepsZ = context.IsTraining && Activation.DerivativeNeedsInput;
        int inputs = input.Span.Length / Math.Max(context.Rows, 1);
        fixed (float* x = input.Span, w = context.Values(Weight), b = context.Values(Bias), a = output.Span, z = context.Scratch)
        {
            // Z = X·W + b, A = f(Z)
            Product product = new()
            {
                Rows = context.Rows,
                Columns = Units,
                Depth = inputs,
                A = x,
                ARow = inputs,
                AColumn = 1,
                B = w,
                BRow = Units,
                BColumn = 1,
                C = keepsZ ? z : a,
                CRow = Units,
                CColumn = 1,
                SkipsZeros = SkipsZeroInputs,
                Bias = b,
            };
            if (keepsZ)
            {
                Activation.Identity.MultiplyAndApply(context.Engine, product);
                Activation.ApplyWith(context.Engine, context.Scratch[..output.Span.Length], output.Span);
            }
            else
            {
                Activation.MultiplyAndApply(context.Engine, product);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(HotPath.CompileOnce)]
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        int batch = context.Rows;
        int inputs = input.Span.Length / Math.Max(batch, 1);
        DifferentiateAndSum(context, output, outputGradient);
        fixed (float* x = input.Span, w = context.Values(Weight), dz = outputGradient.Span, dx = inputGradient.Span, dw = context.Gradients(Weight))
        {
            // dW = Xᵀ·dZ
            Gemm.Run(
                context.Engine,
                new Product
                {
                    Rows = inputs,
                    Columns = Units,
                    Depth = batch,
                    A = x,
                    ARow = 1,
                    AColumn = inputs,
                    B = dz,
                    BRow = Units,
                    BColumn = 1,
                    C = dw,
                    CRow = Units,
                    CColumn = 1,
                    Accumulate = context.Accumulate,
                    SkipsZeros = SkipsZeroInputs,
                });

            if (inputGradient.Rows == 0)
                return;

            // dX = dZ·Wᵀ
            Gemm.Run(
                context.Engine,
                new Product
                {
                    Rows = batch,
                    Columns = inputs,
                    Depth = Units,
                    A = dz,
                    ARow = Units,
                    AColumn = 1,
                    B = w,
                    BRow = 1,
                    BColumn = Units,
                    C = dx,
                    CRow = inputs,
                    CColumn = 1,
                });
        }
    }

    /// <summary><c>dZ = dA ∘ f'</c> in place, <c>db = Σ dZ</c>.</summary>
    private void DifferentiateAndSum(in LayerContext context, ReadOnlyMatrixView output, MatrixView gradient)
    {
        ReadOnlySpan<float> argument = Activation.DerivativeNeedsInput ? context.Scratch[..output.Span.Length] : output.Span;
        Activation.Sweep(context.Engine, new(argument, context.Rows, Units), gradient, context.Gradients(Bias), context.Accumulate);
    }
}
