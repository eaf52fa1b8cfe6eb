using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Prediction of samples in memory, from any number of threads at once.</summary>
public sealed partial class Sequential
{
    private readonly IdlePredictors _idle = new();

    /// <summary>Predicts a batch on the calling thread. Any number of threads may call at once.</summary>
    /// <param name="batch">
    /// The samples: [batch, …InputShape], [batch, in], or one sample of the input shape by itself. A tensor that is not dense, such as a slice or
    /// a transpose, is copied first. An array is a tensor of rank 1.
    /// </param>
    /// <returns>Probabilities, or what <see cref="OutputActivation"/> says: [batch, …OutputShape].</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is not known.</exception>
    public Tensor<float> Predict(in ReadOnlyTensorSpan<float> batch)
    {
        Shape shape = TensorViews.ShapeOf(batch, nameof(batch)), outputShape = OutputShape.Prepend(SampleCount(shape));
        var outputs = new float[outputShape.ElementCount];
        Predict(TensorViews.DenseValues(batch, shape), outputs);
        return TensorViews.Create(outputs, outputShape);
    }

    /// <summary>
    /// Predicts one sample, or several one after another, on the calling thread. Any number of threads may call at once; once warm, nothing is
    /// allocated.
    /// </summary>
    /// <param name="inputs">The samples: [batch, in].</param>
    /// <param name="outputs">Receives the probabilities, or what <see cref="OutputActivation"/> says: [batch, out].</param>
    /// <exception cref="ArgumentException">The inputs are not whole samples, or the outputs' length does not fit.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is not known.</exception>
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
/// Predictors that nobody uses at the moment: as many as there were callers at a time, up to a bound. A caller takes one by itself, without a lock, and
/// brings it back.
/// </summary>
internal sealed class IdlePredictors
{
    /// <summary>Callers beyond it work too, but their predictors are not kept.</summary>
    private const int Most = 64;

    private readonly Predictor?[] _places = new Predictor?[Most];

    /// <summary>A predictor that is the caller's alone; null where none is idle.</summary>
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
