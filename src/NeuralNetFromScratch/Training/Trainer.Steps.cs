namespace NeuralNetFromScratch;

/// <summary>Single steps and their stages.</summary>
public sealed partial class Trainer
{
    /// <summary>Prepares a batch with class labels, the first stage of a step. Checks the shapes and labels.</summary>
    /// <param name="inputs">The samples: [batch, in], as a matrix, sparse rows, or both side by side.</param>
    /// <param name="labels">The class of each sample: [batch].</param>
    /// <param name="weights">
    /// The weight of each sample: [batch], a factor on its loss; all 1 if empty. The sum is still divided by the number of samples.
    /// </param>
    /// <exception cref="ArgumentException">The shapes do not match the network, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not an output of the network.</exception>
    public TrainingBatch Load(BatchView inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default)
    {
        try
        {
            CheckInputs(inputs, weights);
            if (labels.Length != inputs.Rows)
                throw new ArgumentException($"expected {inputs.Rows} labels, one for each sample, got {labels.Length}", nameof(labels));
            Labels.ThrowIfOutside(labels, _network.OutputShape.ElementCount, _loss.IgnoredLabel);
        }
        catch (ArgumentException exception) when (Refuses(exception, hasLabels: true))
        {
            throw;
        }

        return Batch(new SampleBatch { Inputs = inputs, Labels = labels, Weights = weights });
    }

    /// <summary>Prepares a batch with dense targets, the first stage of a step. Checks the shapes.</summary>
    /// <param name="inputs">The samples: [batch, in], as a matrix, sparse rows, or both side by side.</param>
    /// <param name="targets">The targets: [batch, out].</param>
    /// <param name="weights">
    /// The weight of each sample: [batch], a factor on its loss; all 1 if empty. The sum is still divided by the number of samples.
    /// </param>
    /// <exception cref="ArgumentException">The shapes do not match the network, or the batch is empty.</exception>
    public TrainingBatch Load(BatchView inputs, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default)
    {
        try
        {
            CheckInputs(inputs, weights);
            if (targets.Rows != inputs.Rows || targets.Columns != _network.OutputShape.ElementCount)
                throw new ArgumentException(
                    $"{_network.Nodes[^1].Name}: expected targets [{inputs.Rows}, {_network.OutputShape.ElementCount}], got [{targets.Rows}, {targets.Columns}]",
                    nameof(targets));
        }
        catch (ArgumentException exception) when (Refuses(exception, hasLabels: false))
        {
            throw;
        }

        return Batch(new SampleBatch { Inputs = inputs, Targets = targets, Weights = weights });
    }

    /// <summary>
    /// Prepares a batch of samples of a data set, the first stage of a step. The samples are copied when the gradients are computed.
    /// </summary>
    /// <param name="data">The samples.</param>
    /// <param name="indices">The indices of the samples, in the order of the batch; at least one.</param>
    /// <exception cref="ArgumentException">The data set does not match the network, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public TrainingBatch Load(Dataset data, ReadOnlySpan<int> indices)
    {
        try
        {
            _network.CheckDataset(data, nameof(data));
            if (indices.IsEmpty)
                throw new ArgumentException("the batch is empty", nameof(indices));
            foreach (int index in indices)
            {
                if ((uint)index >= (uint)data.Count)
                    throw new ArgumentOutOfRangeException(nameof(indices), index, $"the data set has {data.Count} samples");
            }
        }
        catch (ArgumentException exception) when (Refuses(exception, hasLabels: data is not { TargetLength: > 0 }))
        {
            throw;
        }

        return new TrainingBatch(new BatchSource(data, indices), _loss) { PartLength = indices.Length };
    }

    /// <summary>
    /// Computes the gradients, the second stage of a step: forward pass, loss and backward pass. The gradients of the sum of the losses divided
    /// by the batch's divisor are stored in the network's parameters; the batch's contributions to running statistics are stored in the gradients
    /// of state. With an exchange, each process passes all samples of the step and computes the gradients of its shards.
    /// </summary>
    /// <param name="batch">The samples.</param>
    /// <param name="seed">The seed of the layers' random numbers, which also depend on the number of the step.</param>
    /// <param name="accumulate">Whether to add to the existing gradients. Default: false, and must be false with an exchange.</param>
    /// <returns>The totals of the batch; with an exchange, of the shards of this process.</returns>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> is true and <see cref="TrainerOptions.Exchange"/> is set.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another call of this trainer is in progress, or the gradients of the last call have not been exchanged.
    /// </exception>
    public StepTotals ComputeGradients(TrainingBatch batch, ulong seed = 0, bool accumulate = false)
    {
        if (accumulate && _steps.Cluster is not null)
        {
            var exception = new ArgumentException("gradients are not accumulated over calls where they are exchanged; pass all samples of the step in one batch", nameof(accumulate));
            Refuses(exception, batch.Source.HasLabels);
            throw exception;
        }

        using UseGuard.Use use = BeginUse();
        try
        {
            BeginCluster();
            return _steps.ComputeGradients(batch, seed, accumulate, figures: null);
        }
        catch (Exception exception) when (Abandons(exception))
        {
            throw;
        }
    }

    /// <summary>
    /// Adds the gradients of all processes of a cluster through <see cref="TrainerOptions.Exchange"/>, the third stage of a step. Does nothing if there is
    /// no exchange.
    /// </summary>
    /// <param name="totals">The totals of this process's shards of the step.</param>
    /// <returns>The totals of the whole step.</returns>
    /// <exception cref="InvalidOperationException">
    /// Another call of this trainer is in progress; or there are no gradients to exchange; or another process rejects the arguments of the step, in which case
    /// nothing has changed except the gradients.
    /// </exception>
    public StepTotals Exchange(StepTotals totals)
    {
        using UseGuard.Use use = BeginUse();
        return _steps.Exchange(totals);
    }

    /// <summary>Updates the parameters and running statistics from their gradients and counts the step, the last stage of a step.</summary>
    /// <param name="learningRate">The learning rate; null for that of the optimizer.</param>
    /// <param name="momentum">The momentum, or β₁ of Adam; null for that of the optimizer.</param>
    /// <exception cref="InvalidOperationException">Another call of this trainer is in progress.</exception>
    public void Update(float? learningRate = null, float? momentum = null)
    {
        using UseGuard.Use use = BeginUse();
        _steps.Update(learningRate ?? _optimizer.LearningRate, momentum);
    }

    /// <summary>Trains one step on samples with class labels: all stages.</summary>
    /// <param name="inputs">The samples: [batch, in], as a matrix, sparse rows, or both side by side.</param>
    /// <param name="labels">The class of each sample: [batch].</param>
    /// <param name="weights">
    /// The weight of each sample: [batch], a factor on its loss; all 1 if empty. The sum is still divided by the number of samples.
    /// </param>
    /// <param name="seed">The seed of the layers' random numbers, which also depend on the number of the step.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not match the network, or the batch is empty. Nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not an output of the network. Nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another call of this trainer is in progress, or another process of a cluster rejects its arguments.
    /// </exception>
    public float TrainStep(BatchView inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default, ulong seed = 0) =>
        Run(Load(inputs, labels, weights), seed);

    /// <summary>Trains one step on samples with dense targets: all stages.</summary>
    /// <param name="inputs">The samples: [batch, in], as a matrix, sparse rows, or both side by side.</param>
    /// <param name="targets">The targets: [batch, out].</param>
    /// <param name="weights">
    /// The weight of each sample: [batch], a factor on its loss; all 1 if empty. The sum is still divided by the number of samples.
    /// </param>
    /// <param name="seed">The seed of the layers' random numbers, which also depend on the number of the step.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not match the network, or the batch is empty. Nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another call of this trainer is in progress, or another process of a cluster rejects its arguments.
    /// </exception>
    public float TrainStep(BatchView inputs, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default, ulong seed = 0) =>
        Run(Load(inputs, targets, weights), seed);

    private TrainingBatch Batch(SampleBatch samples) => new(new BatchSource(samples), _loss) { PartLength = samples.Rows };

    private float Run(TrainingBatch batch, ulong seed)
    {
        using UseGuard.Use use = BeginUse();
        try
        {
            BeginCluster();
            return (float)_steps.Run(batch, seed, _optimizer.LearningRate, momentum: null, stopsAtNonFiniteLoss: false, figures: null).Totals.Loss;
        }
        catch (Exception exception) when (Abandons(exception))
        {
            throw;
        }
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
