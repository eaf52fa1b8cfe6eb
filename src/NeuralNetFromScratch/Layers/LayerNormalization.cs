using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Layer normalization (Ba, Kiros and Hinton 2016): <c>y = γ ∘ (x − μ)/√(σ² + ε) + β</c> with mean μ and biased variance σ² over the values of
/// each sample. γ and β have the shape of a sample, as in PyTorch's <c>LayerNorm</c>. Training and prediction are the same. Backward, with the
/// normalized input x̂, g = γ ∘ dy and n values: <c>dβ = Σ dy</c>, <c>dγ = Σ dy ∘ x̂</c> over the samples, and
/// <c>dx = (g − Σg/n − x̂·Σ(g·x̂)/n) / √(σ² + ε)</c>.
/// </summary>
public sealed class LayerNormalization : Layer, IPart<LayerNormalization>
{
    private const int Scale = 0, Shift = 1;

    /// <summary>Creates a layer normalization.</summary>
    /// <param name="epsilon">ε, which is added to the variance; positive. Default: 1e-5.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is not positive or not finite.</exception>
    public LayerNormalization(float epsilon = 1e-5f)
        : this(new Settings(Kind, new Setting("epsilon", epsilon)))
    {
    }

    private LayerNormalization(Settings settings)
        : base(settings) => Epsilon = Guard.Positive(settings.Get<float>("epsilon"), "epsilon");

    /// <summary>ε, which is added to the variance.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public static string Kind => "layernorm";

    /// <inheritdoc/>
    public static LayerNormalization Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("scale", inputShape, Initializer.Constant(1), ParameterRole.NoDecay) { PyTorchName = "weight" },
        new("shift", inputShape, Initializer.Zeros, ParameterRole.NoDecay) { PyTorchName = "bias" },
    ];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(Guard.Length(rows, 2));

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        Span<float> statistics = context.ScratchOf(this, 2 * input.Rows);
        var operation = new LayerNormForward
        {
            Epsilon = Epsilon,
            X = input,
            Y = output,
            Scale = context.Values(this, Scale, input.Columns),
            Shift = context.Values(this, Shift, input.Columns),
            Mean = statistics[..input.Rows],
            InverseDeviation = statistics[input.Rows..],
        };
        context.Engine.ForRows(operation, input.Rows, input.Span.Length, Tuning.NormalizationGrain);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        ReadOnlySpan<float> statistics = context.ScratchOf(this, 2 * input.Rows), mean = statistics[..input.Rows], inverseDeviation = statistics[input.Rows..];
        var parameterGradients = new LayerNormParameterGradients
        {
            X = input,
            Dy = outputGradient,
            Mean = mean,
            InverseDeviation = inverseDeviation,
            ScaleGradient = context.Gradients(this, Scale, input.Columns),
            ShiftGradient = context.Gradients(this, Shift, input.Columns),
            Accumulate = context.Accumulate,
        };
        context.Engine.ForColumns(parameterGradients, input.Columns, input.Span.Length, Tuning.NormalizationGrain);
        if (inputGradient.Rows == 0)
            return;
        var operation = new LayerNormInputGradient
        {
            X = input,
            Dy = outputGradient,
            Dx = inputGradient,
            Scale = context.Values(this, Scale, input.Columns),
            Mean = mean,
            InverseDeviation = inverseDeviation,
        };
        context.Engine.ForRows(operation, input.Rows, input.Span.Length, Tuning.NormalizationGrain);
    }
}

/// <summary><c>y = γ ∘ (x − μ)/√(σ² + ε) + β</c> with mean and variance over the row.</summary>
internal ref struct LayerNormForward : IRowOperation
{
    public float Epsilon;

    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;

    /// <summary>[columns].</summary>
    public ReadOnlySpan<float> Scale, Shift;

    /// <summary>[rows]: receive μ and 1/√(σ² + ε) for the backward pass.</summary>
    public Span<float> Mean, InverseDeviation;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        ReadOnlySpan<float> x = X.Row(row), scale = Scale, shift = Shift;
        Span<float> y = Y.Row(row);
        float mean = RowSum.Of<TSimd, Values>(new(x), x.Length) / x.Length;
        for (int i = 0; i < x.Length; i += TSimd.Width)
            PartialVector.Store(PartialVector.Load<TSimd>(x, i) - TSimd.Broadcast(mean), y, i);
        float inverse = 1 / MathF.Sqrt(RowSum.Of<TSimd, RowSum.Squares>(new(y), y.Length) / x.Length + Epsilon);
        for (int i = 0; i < x.Length; i += TSimd.Width)
        {
            TSimd factor = TSimd.Broadcast(inverse) * PartialVector.Load<TSimd>(scale, i);
            PartialVector.Store(TSimd.MultiplyAdd(PartialVector.Load<TSimd>(y, i), factor, PartialVector.Load<TSimd>(shift, i)), y, i);
        }

        Mean[row] = mean;
        InverseDeviation[row] = inverse;
    }

    private readonly ref struct Values(ReadOnlySpan<float> values) : ISumTerm
    {
        private readonly ReadOnlySpan<float> _values = values;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddTo<TSimd>(ref TSimd sums, int start)
            where TSimd : struct, ISimd<TSimd> => sums += PartialVector.Load<TSimd>(_values, start);
    }
}

/// <summary>The gradients of layer normalization's parameters: <c>dβ = Σ dy</c>, <c>dγ = Σ dy·x̂</c> over the rows.</summary>
internal ref struct LayerNormParameterGradients : IColumnOperation
{
    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X, Dy;

    /// <summary>[rows].</summary>
    public ReadOnlySpan<float> Mean, InverseDeviation;

    /// <summary>[columns].</summary>
    public Span<float> ScaleGradient, ShiftGradient;

    /// <summary>Whether to add to dγ and dβ instead of overwriting them.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd scale = Accumulate ? PartialVector.Load<TSimd>(ScaleGradient, column) : TSimd.Zero;
        TSimd shift = Accumulate ? PartialVector.Load<TSimd>(ShiftGradient, column) : TSimd.Zero;
        ReadOnlyColumns<TSimd> x = new(X, column, X.Rows), dy = new(Dy, column, X.Rows);
        ReadOnlySpan<float> mean = Mean, inverseDeviation = InverseDeviation;
        for (int row = 0; row < X.Rows; row++)
        {
            TSimd gradient = dy[row];
            shift += gradient;
            scale = TSimd.MultiplyAdd(gradient, TSimd.Broadcast(inverseDeviation[row]) * (x[row] - TSimd.Broadcast(mean[row])), scale);
        }

        PartialVector.Store(scale, ScaleGradient, column);
        PartialVector.Store(shift, ShiftGradient, column);
    }
}

/// <summary>
/// The gradient of layer normalization with respect to its input, with x̂ = (x − μ)/√(σ² + ε), n columns and g = γ ∘ dy:
/// <c>dx = (g − Σg/n − x̂·Σ(g·x̂)/n) / √(σ² + ε)</c>. The sums are over the row.
/// </summary>
internal ref struct LayerNormInputGradient : IRowOperation
{
    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X, Dy;
    public MatrixView Dx;

    /// <summary>[columns].</summary>
    public ReadOnlySpan<float> Scale;

    /// <summary>[rows].</summary>
    public ReadOnlySpan<float> Mean, InverseDeviation;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        ReadOnlySpan<float> x = X.Row(row), dy = Dy.Row(row), scale = Scale;
        Span<float> dx = Dx.Row(row);
        TSimd mean = TSimd.Broadcast(Mean[row]), inverse = TSimd.Broadcast(InverseDeviation[row]);
        TSimd meanGradient = TSimd.Broadcast(RowSum.Of<TSimd, ScaledGradients>(new(scale, dy), x.Length) / x.Length);
        TSimd slope = TSimd.Broadcast(RowSum.Of<TSimd, Products>(new(scale, dy, x, Mean[row], InverseDeviation[row]), x.Length) / x.Length);
        for (int i = 0; i < x.Length; i += TSimd.Width)
        {
            TSimd gradient = PartialVector.Load<TSimd>(scale, i) * PartialVector.Load<TSimd>(dy, i);
            TSimd normalized = inverse * (PartialVector.Load<TSimd>(x, i) - mean);
            PartialVector.Store(inverse * (gradient - meanGradient - normalized * slope), dx, i);
        }
    }

    private readonly ref struct ScaledGradients(ReadOnlySpan<float> scale, ReadOnlySpan<float> dy) : ISumTerm
    {
        private readonly ReadOnlySpan<float> _scale = scale, _dy = dy;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddTo<TSimd>(ref TSimd sums, int start)
            where TSimd : struct, ISimd<TSimd> => sums += PartialVector.Load<TSimd>(_scale, start) * PartialVector.Load<TSimd>(_dy, start);
    }

    private readonly ref struct Products(ReadOnlySpan<float> scale, ReadOnlySpan<float> dy, ReadOnlySpan<float> x, float mean, float inverse) : ISumTerm
    {
        private readonly ReadOnlySpan<float> _scale = scale, _dy = dy, _x = x;
        private readonly float _mean = mean, _inverse = inverse;

        /// <remarks>Beyond the row g is 0, so that nothing is added.</remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddTo<TSimd>(ref TSimd sums, int start)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd gradient = PartialVector.Load<TSimd>(_scale, start) * PartialVector.Load<TSimd>(_dy, start);
            TSimd centred = PartialVector.Load<TSimd>(_x, start) - TSimd.Broadcast(_mean);
            TSimd.AddProduct(ref sums, gradient, TSimd.Broadcast(_inverse) * centred);
        }
    }
}
