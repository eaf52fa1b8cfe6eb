using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Thread-safe prediction of samples in memory.</summary>
public sealed partial class Sequential
{
    private readonly IdlePredictors _idle = new();

    /// <summary>Predicts a batch on the calling thread. The method is thread-safe.</summary>
    /// <param name="batch">
    /// The samples: [batch, …InputShape], [batch, in], or a single sample of the input shape. A tensor that is not dense, such as a slice or a
    /// transpose, is copied first. An array is a tensor of rank 1.
    /// </param>
    /// <returns>The predictions: [batch, …OutputShape], probabilities or what <see cref="OutputActivation"/> specifies.</returns>
    /// <exception cref="ArgumentException">The shape does not match the network.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null.</exception>
    public Tensor<float> Predict(in ReadOnlyTensorSpan<float> batch)
    {
        Shape shape = TensorViews.ShapeOf(batch, nameof(batch)), outputShape = OutputShape.Prepend(SampleCount(shape));
        var outputs = new float[outputShape.ElementCount];
        Predict(TensorViews.DenseValues(batch, shape), outputs);
        return TensorViews.Create(outputs, outputShape);
    }

    /// <summary>Predicts a batch on the calling thread, as <see cref="Predict(in ReadOnlyTensorSpan{float})"/> does.</summary>
    /// <param name="batch">The samples: [batch, …InputShape], [batch, in], or one sample of the input shape.</param>
    /// <returns>The predictions: [batch, …OutputShape].</returns>
    /// <exception cref="ArgumentNullException"><paramref name="batch"/> is null.</exception>
    /// <exception cref="ArgumentException">The shape does not match.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null.</exception>
    public Tensor<float> Predict(Tensor<float> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Predict(batch.AsReadOnlyTensorSpan());
    }

    /// <summary>Predicts one or more samples on the calling thread. The method is thread-safe and allocates nothing once warm.</summary>
    /// <param name="inputs">The samples: [batch, in].</param>
    /// <param name="outputs">Receives the predictions: [batch, out], probabilities or what <see cref="OutputActivation"/> specifies.</param>
    /// <exception cref="ArgumentException">The inputs are not whole samples, or the length of the outputs does not match.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null.</exception>
    public void Predict(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        Predictor predictor = _idle.Take() ?? new Predictor(this, SimdWidths.Best, maxBatch: 1, growsTo: Predictor.BlockRows);
        try
        {
            predictor.Predict(inputs, outputs);
        }
        finally
        {
            _idle.Keep(predictor);
        }
    }

    private int SampleCount(Shape shape)
    {
        if (shape == InputShape)
            return 1;
        if (shape.Rank > 0 && shape.ElementCount == (long)shape[0] * InputShape.ElementCount && (shape.Rank == 2 || shape == InputShape.Prepend(shape[0])))
            return shape[0];
        throw new ArgumentException(
            $"{Chain.Nodes[0].Name}: expected input [batch, {string.Join(", ", InputShape)}], got {shape}", "batch");
    }
}

/// <summary>
/// A pool of predictors that are not in use: as many as there were concurrent callers, up to a limit. A caller takes a predictor without a lock
/// and returns it.
/// </summary>
internal sealed class IdlePredictors
{
    /// <summary>The maximum number of predictors in the pool; those of further concurrent callers are not kept.</summary>
    private const int Most = 64;

    private readonly Predictor?[] _places = new Predictor?[Most];

    /// <summary>Takes a predictor for exclusive use; null if none is idle.</summary>
    public Predictor? Take()
    {
        foreach (ref Predictor? place in _places.AsSpan())
        {
            if (place is not null && Interlocked.Exchange(ref place, null) is { } predictor)
                return predictor;
        }

        return null;
    }

    public void Keep(Predictor predictor)
    {
        foreach (ref Predictor? place in _places.AsSpan())
        {
            if (place is null && Interlocked.CompareExchange(ref place, predictor, null) is null)
                return;
        }
    }
}
