using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Standardizes features with given means and standard deviations: <c>y = (x − mean) / deviation</c>, separately for each feature. In wider
/// samples it changes the first <see cref="FeatureCount"/> values and passes the others on, sparse ones as sparse rows. Means and deviations are
/// stored among the network's parameters, are saved with it, and are not trained. A deviation of 0 counts as 1.
/// </summary>
public sealed class Standardization : Layer, IDenseBlockLayer, IPart<Standardization>
{
    private const int Mean = 0, Deviation = 1;

    private readonly float[]? _means;
    private readonly float[]? _deviations;

    /// <summary>Creates a standardization layer.</summary>
    /// <param name="means">The features' means.</param>
    /// <param name="deviations">The features' standard deviations, as many as means; not negative.</param>
    /// <exception cref="ArgumentException">The lengths differ, a value is not finite, or a deviation is negative.</exception>
    public Standardization(ReadOnlySpan<float> means, ReadOnlySpan<float> deviations)
        : base(new Settings(Kind, new Setting("features", means.Length)))
    {
        if (means.Length != deviations.Length)
            throw new ArgumentException($"expected {means.Length} deviations, one for each mean, got {deviations.Length}", nameof(deviations));
        FeatureCount = means.Length;
        _means = means.ToArray();
        _deviations = deviations.ToArray();
        for (int i = 0; i < _means.Length; i++)
        {
            if (!float.IsFinite(_means[i]) || !float.IsFinite(_deviations[i]) || _deviations[i] < 0)
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"feature {i} has mean {_means[i]} and deviation {_deviations[i]}"));
            if (_deviations[i] == 0)
                _deviations[i] = 1;
        }
    }

    /// <summary>
    /// Creates a standardization layer whose means and deviations are set later, for networks whose parameters are loaded from a file. Until then
    /// it is the identity.
    /// </summary>
    /// <param name="features">The number of features; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="features"/> is not positive.</exception>
    public Standardization(int features)
        : this(new Settings(Kind, new Setting("features", features)))
    {
    }

    private Standardization(Settings settings)
        : base(settings) => FeatureCount = Guard.Positive(settings.Get<int>("features"), "features");

    /// <summary>The number of features.</summary>
    public int FeatureCount { get; }

    int IDenseBlockLayer.ChangedColumns => FeatureCount;

    /// <inheritdoc/>
    public static string Kind => "standardization";

    /// <inheritdoc/>
    public static Standardization Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) =>
        inputShape.ElementCount >= FeatureCount
            ? inputShape
            : throw new ArgumentException($"expected samples of at least {FeatureCount} values, got shape {inputShape}", nameof(inputShape));

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape)
    {
        Shape shape = inputShape.ElementCount == FeatureCount ? inputShape : [FeatureCount];
        return
        [
            new("mean", shape, _means is null ? Initializer.Zeros : new GivenInitializer(_means), ParameterRole.Buffer),
            new("deviation", shape, _deviations is null ? Initializer.Constant(1) : new GivenInitializer(_deviations), ParameterRole.Buffer) { IsDivisor = true },
        ];
    }

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        if (input.Columns > FeatureCount)
            CopyOthers(input, output);
        var operation = new StandardizationForward { X = input, Y = output, Mean = context.Values(this, Mean, FeatureCount), Deviation = context.Values(this, Deviation, FeatureCount) };
        context.Engine.ForRows(operation, input.Rows, input.Span.Length, Tuning.StandardizationGrain);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        if (inputGradient.Columns > FeatureCount)
            CopyOthers(outputGradient, inputGradient);
        ReadOnlySpan<float> deviation = context.Values(this, Deviation, FeatureCount);
        for (int row = 0; row < inputGradient.Rows; row++)
            TensorPrimitives.Divide(outputGradient.Row(row)[..FeatureCount], deviation, inputGradient.Row(row)[..FeatureCount]);
    }

    private void CopyOthers(ReadOnlyMatrixView source, MatrixView destination)
    {
        for (int row = 0; row < source.Rows; row++)
            source.Row(row)[FeatureCount..].CopyTo(destination.Row(row)[FeatureCount..]);
    }
}

/// <summary><c>y = (x − mean) / deviation</c> over the first values of each row.</summary>
internal ref struct StandardizationForward : IRowOperation
{
    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;

    /// <summary>[number of standardized values].</summary>
    public ReadOnlySpan<float> Mean, Deviation;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        ReadOnlySpan<float> mean = Mean, deviation = Deviation, x = X.Row(row)[..mean.Length];
        Span<float> y = Y.Row(row)[..mean.Length];
        for (int i = 0; i < x.Length; i += TSimd.Width)
        {
            TSimd centred = PartialVector.Load<TSimd>(x, i) - PartialVector.Load<TSimd>(mean, i);
            PartialVector.Store(centred / PartialVector.Load<TSimd>(deviation, i), y, i);
        }
    }
}
