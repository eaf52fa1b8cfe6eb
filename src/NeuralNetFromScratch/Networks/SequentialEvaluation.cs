using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Prediction and evaluation of whole data sets.</summary>
public sealed partial class Sequential
{
    /// <summary>Predicts the samples of a data set.</summary>
    /// <param name="data">The samples; labels and targets are ignored.</param>
    /// <param name="engine">The engine whose threads run the prediction; null for one with a thread for each core.</param>
    /// <returns>The predictions: [count, …OutputShape], probabilities or what <see cref="OutputActivation"/> specifies.</returns>
    /// <exception cref="ArgumentException">The samples do not match the network.</exception>
    public Tensor<float> Predict(Dataset data, Engine? engine = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckSampleShape(data, nameof(data));
        engine ??= new Engine();
        Shape outputShape = OutputShape.Prepend(data.Count);
        var outputs = new float[outputShape.ElementCount];
        engine.Run(new PredictionJob(this, engine.Width, data, outputs), Math.Clamp(data.Count / Predictor.BlockRows, 1, engine.ThreadCount));
        return TensorViews.Create(outputs, outputShape);
    }

    /// <summary>
    /// Evaluates the network on labelled samples. The network is not changed. The result has the same bits for any number of threads.
    /// </summary>
    /// <param name="data">The samples. Their weights affect only the loss.</param>
    /// <param name="loss">
    /// The loss; null for the one that corresponds to <see cref="OutputActivation"/>: <see cref="SoftmaxCrossEntropy"/> for softmax,
    /// <see cref="BinaryCrossEntropy"/> for sigmoid, <see cref="MeanSquaredError"/> for none.
    /// </param>
    /// <param name="metrics">The metrics; null for those of the loss: accuracy for classification, none for regression.</param>
    /// <param name="engine">The engine whose threads run the evaluation; null for one with a thread for each core.</param>
    /// <param name="cancellationToken">Cancels the evaluation at the next block of samples.</param>
    /// <returns>The loss and metrics.</returns>
    /// <exception cref="ArgumentException">The data set is empty or does not match the network, or a metric is not defined for it.</exception>
    /// <exception cref="InvalidOperationException">Both <paramref name="loss"/> and <see cref="OutputActivation"/> are null.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public EvaluationResult Evaluate(
        Dataset data, Loss? loss = null, IReadOnlyList<Metric>? metrics = null, Engine? engine = null, CancellationToken cancellationToken = default)
    {
        CheckDataset(data, nameof(data));
        loss ??= KnownOutputActivation switch
        {
            NeuralNetFromScratch.OutputActivation.Softmax or NeuralNetFromScratch.OutputActivation.LogSoftmax => new SoftmaxCrossEntropy { IgnoreLabel = data.IgnoreLabel },
            NeuralNetFromScratch.OutputActivation.Sigmoid => new BinaryCrossEntropy(),
            _ => new MeanSquaredError(),
        };
        return new Evaluator(this, loss, metrics, engine ?? new Engine()).Run(data, cancellationToken);
    }

    /// <summary>Checks that a data set has samples and targets that match the network. Labels are checked when they are read.</summary>
    internal void CheckDataset(Dataset data, string name)
    {
        ArgumentNullException.ThrowIfNull(data, name);
        if (data.Count == 0)
            throw new ArgumentException("the data set is empty", name);
        CheckSampleShape(data, name);
        int outputs = OutputShape.ElementCount;
        if (data.TargetLength > 0 && data.TargetLength != outputs)
            throw new ArgumentException($"{Nodes[^1].Name}: {outputs} {(outputs == 1 ? "output" : "outputs")}, but the data set has targets of length {data.TargetLength}", name);
        if (data.TargetLength == 0 && data.ClassCount > outputs)
            throw new ArgumentException($"{Nodes[^1].Name}: {outputs} {(outputs == 1 ? "output" : "outputs")}, but the data set has {data.ClassCount} classes", name);
        if (data.TargetLength == 0 && data.ClassCount == 0)
            throw new ArgumentException("the samples have neither class labels nor dense targets", name);
    }

    private void CheckSampleShape(Dataset data, string name)
    {
        if (data.SampleShape.ElementCount != InputShape.ElementCount)
            throw new ArgumentException($"{Nodes[0].Name}: expected samples {InputShape}, got {data.SampleShape}", name);
    }

    /// <summary>Predicts a data set. The samples are divided among the workers, each with its own predictor.</summary>
    private readonly struct PredictionJob(Sequential network, SimdWidth width, Dataset data, float[] outputs) : IJob
    {
        public void Run(int worker, int workers)
        {
            var share = Section.Of(data.Count, 1, worker, workers);
            int outputLength = network.OutputShape.ElementCount, block = Math.Min(share.Count, Predictor.BlockRows);
            var predictor = new Predictor(network, width, Predictor.BlockRows, data.SparseColumnCount);
            var engine = new Engine(width);
            var buffer = new BatchBuffer();
            var indices = new int[block];
            for (int start = share.Start; start < share.End; start += block)
            {
                int rows = Math.Min(block, share.End - start);
                for (int row = 0; row < rows; row++)
                    indices[row] = start + row;
                BatchView inputs = buffer.LoadFeatures(engine, data, indices.AsSpan(0, rows));
                predictor.Predict(inputs, outputs.AsSpan(start * outputLength, rows * outputLength));
            }
        }
    }
}
