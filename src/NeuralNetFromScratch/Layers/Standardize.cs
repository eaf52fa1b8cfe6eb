using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Brings features to mean 0 and deviation 1 by given figures: <c>y = (x − mean) / deviation</c>, each feature by itself. Of wider samples it
/// changes the first <see cref="Features"/> values and passes the others on, sparse ones as sparse rows. The figures stay with the network's parameters, and so go where the model goes; they are not trained. A deviation of 0 counts as 1.
/// </summary>
public sealed unsafe class Standardize : Layer, IDenseBlockLayer
{
    private const int Mean = 0, Deviation = 1;

    /// <summary>Fewest values that are worth waking a worker for.</summary>
    private const int GrainSize = 16384;

    private readonly float[]? _means;
    private readonly float[]? _deviations;

    /// <summary>Standardization.</summary>
    /// <param name="means">The features' means.</param>
    /// <param name="deviations">The features' standard deviations; not negative.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is not finite or a deviation negative.</exception>
    public Standardize(ReadOnlySpan<float> means, ReadOnlySpan<float> deviations)
        : base(new Settings("standardize", new Setting("features", means.Length)))
    {
        if (means.Length != deviations.Length)
            throw new ArgumentException($"expected {means.Length} deviations, one for each mean, got {deviations.Length}", nameof(deviations));
        Features = means.Length;
        _means = means.ToArray();
        _deviations = deviations.ToArray();
        for (int i = 0; i < _means.Length; i++)
        {
            if (!float.IsFinite(_means[i]) || !float.IsFinite(_deviations[i]) || _deviations[i] < 0)
                throw new ArgumentException($"feature {i} has mean {_means[i]} and deviation {_deviations[i]}");
            if (_deviations[i] == 0)
                _deviations[i] = 1;
        }
    }

    /// <summary>Standardization that changes nothing until its means and deviations are set: for networks whose parameters come from a file.</summary>
    /// <param name="features">Number of features.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="features"/> is not positive.</exception>
    public Standardize(int features)
        : base(new Settings("standardize", new Setting("features", features)))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(features);
        Features = features;
    }

    /// <summary>Number of features.</summary>
    public int Features { get; }

    int IDenseBlockLayer.ChangedColumns => Features;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) =>
        inputShape.ElementCount >= Features
            ? inputShape
            : throw new ArgumentException($"expected samples of at least {Features} values, got shape {inputShape}", nameof(inputShape));

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape)
    {
        Shape shape = inputShape.ElementCount == Features ? inputShape : [Features];
        return
        [
            new("mean", shape, _means is null ? Initializer.Zeros : new GivenInitializer(_means), ParameterRole.State),
            new("deviation", shape, _deviations is null ? Initializer.Constant(1) : new GivenInitializer(_deviations), ParameterRole.State),
        ];
    }

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        if (input.Columns > Features)
            CopyOthers(input, output);
        fixed (float* x = input.Span, y = output.Span, mean = context.Values(Mean), deviation = context.Values(Deviation))
        {
            var kernel = new StandardizeKernel { Columns = Features, Stride = input.Columns, X = x, Y = y, Mean = mean, Deviation = deviation };
            context.Engine.Run(
                new RowJob<StandardizeKernel>(context.Engine, kernel, context.Rows), context.Engine.WorkersFor(input.Span.Length, GrainSize));
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        if (inputGradient.Columns > Features)
            CopyOthers(outputGradient, inputGradient);
        for (int row = 0; row < inputGradient.Rows; row++)
            TensorPrimitives.Divide(outputGradient.Row(row)[..Features], context.Values(Deviation), inputGradient.Row(row)[..Features]);
    }

    private void CopyOthers(ReadOnlyMatrixView source, MatrixView destination)
    {
        for (int row = 0; row < source.Rows; row++)
            source.Row(row)[Features..].CopyTo(destination.Row(row)[Features..]);
    }
}
