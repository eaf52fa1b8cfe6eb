namespace NeuralNetFromScratch;

/// <summary>One step, and its stages.</summary>
public sealed partial class Trainer
{
    /// <summary>The first stage of a step: checks samples with class labels.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no output of the network.</exception>
    public TrainingBatch Load(BatchView inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default)
    {
        CheckInputs(inputs, weights);
        if (labels.Length != inputs.Rows)
            throw new ArgumentException($"expected {inputs.Rows} labels, one for each sample, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, _network.OutputShape.ElementCount, _loss.IgnoredLabel);
        return Batch(new SampleBatch { Inputs = inputs, Labels = labels, Weights = weights });
    }

    /// <summary>The first stage of a step: checks samples with dense targets.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="targets">[batch, out].</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty.</exception>
    public TrainingBatch Load(BatchView inputs, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default)
    {
        CheckInputs(inputs, weights);
        if (targets.Rows != inputs.Rows || targets.Columns != _network.OutputShape.ElementCount)
            throw new ArgumentException(
                $"{_network.Nodes[^1].Name}: expected targets [{inputs.Rows}, {_network.OutputShape.ElementCount}], got [{targets.Rows}, {targets.Columns}]",
                nameof(targets));
        return Batch(new SampleBatch { Inputs = inputs, Targets = targets, Weights = weights });
    }

    /// <summary>The first stage of a step: picks samples of a data set, which are gathered when gradients are computed.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="indices">Which, in the order of the batch; at least one.</param>
    /// <exception cref="ArgumentException">The data set does not fit the network, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public TrainingBatch Load(Dataset data, ReadOnlySpan<int> indices)
    {
        _network.CheckDataset(data, nameof(data));
        if (indices.IsEmpty)
            throw new ArgumentException("the batch is empty", nameof(indices));
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)data.Count)
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"the data set has {data.Count} samples");
        }

        return new TrainingBatch(new BatchSource(data, indices), _loss) { PartLength = indices.Length };
    }

    /// <summary>
    /// The second stage: forward, loss and backward. The gradients of the sum of the losses over the batch's divisor lie in the network's parameters,
    /// and what the batch adds to running statistics in the gradients of state.
    /// </summary>
    /// <param name="batch">The samples.</param>
    /// <param name="seed">Seed of the layers' random numbers, which also go by the number of the step.</param>
    /// <param name="accumulate">Whether gradients are added to what is there.</param>
    /// <exception cref="InvalidOperationException">Another call of the trainer goes on.</exception>
    public StepTotals ComputeGradients(TrainingBatch batch, ulong seed = 0, bool accumulate = false)
    {
        using UseGuard.Use use = BeginUse();
        return _steps.ComputeGradients(batch, seed, accumulate, figures: null);
    }

    /// <summary>The third stage: exchanges gradients with other machines, as <see cref="TrainerOptions.Exchange"/> does. Without one it does nothing.</summary>
    /// <param name="totals">The totals of this machine's share.</param>
    /// <returns>The totals of the whole step.</returns>
    /// <exception cref="InvalidOperationException">Another call of the trainer goes on.</exception>
    public StepTotals Exchange(StepTotals totals)
    {
        using UseGuard.Use use = BeginUse();
        return _steps.Exchange(totals);
    }

    /// <summary>The last stage: updates the parameters and running statistics from their gradients, and counts the step.</summary>
    /// <param name="learningRate">The learning rate; the optimizer's own if null.</param>
    /// <param name="momentum">The momentum, or Adam's β₁; the optimizer's own if null.</param>
    /// <exception cref="InvalidOperationException">Another call of the trainer goes on.</exception>
    public void Update(float? learningRate = null, float? momentum = null)
    {
        using UseGuard.Use use = BeginUse();
        _steps.Update(learningRate ?? _optimizer.LearningRate, momentum);
    }

    /// <summary>One step of training on samples with class labels: all stages.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <param name="seed">Seed of the layers' random numbers, which also go by the number of the step.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no output of the network; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">Another call of the trainer goes on.</exception>
    public float TrainStep(BatchView inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default, ulong seed = 0) =>
        Run(Load(inputs, labels, weights), seed);

    /// <summary>One step of training on samples with dense targets: all stages.</summary>
    /// <param name="inputs">[batch, in]: a matrix, sparse rows, or both side by side.</param>
    /// <param name="targets">[batch, out].</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty. The sum is still divided by the number of samples.</param>
    /// <param name="seed">Seed of the layers' random numbers, which also go by the number of the step.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">Another call of the trainer goes on.</exception>
    public float TrainStep(BatchView inputs, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default, ulong seed = 0) =>
        Run(Load(inputs, targets, weights), seed);

    private TrainingBatch Batch(SampleBatch samples) => new(new BatchSource(samples), _loss) { PartLength = samples.Rows };

    private float Run(TrainingBatch batch, ulong seed)
    {
        using UseGuard.Use use = BeginUse();
        return (float)_steps.Run(batch, seed, _optimizer.LearningRate, momentum: null, stopsAtNonFiniteLoss: false, figures: null).Totals.Loss;
    }

    private void CheckInputs(BatchView inputs, ReadOnlySpan<float> weights)
    {
        if (inputs.Columns != _network.InputShape.ElementCount)
            throw new ArgumentException(
                $"{_network.Nodes[0].Name}: expected input [batch, {_network.InputShape.ElementCount}], got [{inputs.Rows}, {inputs.Columns}]",
                nameof(inputs));
        if (inputs.Rows == 0)
            throw new ArgumentException("the batch is empty", nameof(inputs));
        if (!weights.IsEmpty && weights.Length != inputs.Rows)
            throw new ArgumentException($"expected {inputs.Rows} weights, one for each sample, got {weights.Length}", nameof(weights));
        SampleWeights.ThrowIfInvalid(weights);
    }
}
