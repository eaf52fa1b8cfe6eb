namespace NeuralNetFromScratch;

/// <summary>
/// Trains a network on all samples at once by L-BFGS (Liu and Nocedal 1989), with a line search for the strong Wolfe conditions (Nocedal and
/// Wright 2006, algorithms 3.5 and 3.6), as scikit-learn's <c>solver="lbfgs"</c> and PyTorch's <c>LBFGS</c> do. It is suitable for small networks and
/// tables of some thousand samples: it needs no learning rate and often fewer passes. The result has the same bits for any number of threads.
/// </summary>
/// <remarks>
/// The loss must be a function of the parameters alone, so the random numbers of layers such as dropout are the same in every pass. Positions, gradients and the
/// memory of pairs are in double precision. The network computes in single precision, which limits how small the gradient can become. After a cancelled call of
/// <see cref="Fit"/>, the next call continues the training and gives the same bits as an uninterrupted training. There are no checkpoints: in another process,
/// L-BFGS starts from the saved network with an empty memory, so that its steps differ. It runs in one process: there is no exchange of gradients.
/// </remarks>
public sealed class LbfgsTrainer
{
    private readonly Sequential _network;
    private readonly Loss _loss;
    private readonly Trainer _trainer;
    private readonly LbfgsOptions _options;

    /// <summary>The state of a cancelled training; null if there is none.</summary>
    private LbfgsState? _cancelled;

    /// <summary>Creates an L-BFGS trainer.</summary>
    /// <param name="network">The network to train.</param>
    /// <param name="loss">The loss to minimize.</param>
    /// <param name="options">The stopping rule and the penalty; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">
    /// The network and the loss contradict each other, or a layer has running statistics, which L-BFGS does not update.
    /// </exception>
    public LbfgsTrainer(Sequential network, Loss loss, LbfgsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        _loss = loss;
        _options = options ?? new();
        _options.Validate();
        foreach (Parameter parameter in network.Parameters)
        {
            if (parameter.Definition.MixingShare > 0)
                throw new ArgumentException($"{parameter.Name} is a running statistic, which L-BFGS does not update; use a Trainer with an optimizer", nameof(network));
        }

        _trainer = new Trainer(network, loss, new Sgd(), new TrainerOptions { ThreadCount = _options.ThreadCount, EmulateFusedMultiplyAdd = _options.EmulateFusedMultiplyAdd });
    }

    /// <summary>
    /// Minimizes the mean loss over all samples, starting at the network's parameters, which become those of the lowest loss that was found. After a cancelled
    /// call it continues where that call ended, if the data set and the parameters are the same.
    /// </summary>
    /// <param name="data">The samples.</param>
    /// <param name="cancellationToken">Ends the training between two iterations; the parameters are then those of the last one.</param>
    /// <exception cref="ArgumentException">The data set is empty or does not match the network.</exception>
    /// <exception cref="NotFiniteNumberException">The loss of the first pass is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public LbfgsResult Fit(Dataset data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Count == 0)
            throw new ArgumentException("the data set is empty", nameof(data));
        data.ThrowIfLabelsOutside(_network.OutputShape.ElementCount, nameof(data), _loss.IgnoredLabel);
        var objective = new LbfgsObjective(_network, _trainer, data, _options.L2Penalty);
        LbfgsState state = _cancelled is { } cancelled && cancelled.IsOf(objective) ? cancelled : new LbfgsState(objective, _options.HistorySize);
        _cancelled = null;
        try
        {
            return Minimize(objective, state, cancellationToken);
        }
        catch (OperationCanceledException) when (state.HasBegun)
        {
            state.CountPasses(objective.Passes);
            _cancelled = state;
            throw;
        }
        finally
        {
            objective.WritePosition(state.Position);
        }
    }

    private LbfgsResult Minimize(LbfgsObjective objective, LbfgsState state, CancellationToken cancellationToken)
    {
        if (!state.HasBegun)
            state.Begin(objective);
        var search = new WolfeSearch(objective, objective.Length);
        double[] direction = new double[objective.Length];
        double loss = state.Loss;
        LbfgsEndReason endReason = LbfgsEndReason.MaxIterations;
        while (true)
        {
            if (LbfgsMath.Largest(state.Gradient) <= _options.GradientTolerance)
            {
                endReason = LbfgsEndReason.SmallGradient;
                break;
            }

            if (state.Losses.Count == _options.MaxIterations)
                break;
            cancellationToken.ThrowIfCancellationRequested();
            state.Memory.Direction(state.Gradient, direction);
            double slope = LbfgsMath.Dot(state.Gradient, direction);
            // Without a pair, the direction is the negative gradient, whose length is not a suitable step size.
            double size = state.Memory.IsEmpty ? Math.Min(1, 1 / LbfgsMath.Size(state.Gradient)) : 1;
            double previous = loss;
            if (!(slope < 0) || !search.Run(state.Position, direction, size, slope, ref loss))
            {
                endReason = LbfgsEndReason.NoProgress;
                break;
            }

            state.Move(search, loss);
            if (previous - loss <= _options.LossTolerance * Math.Max(Math.Max(Math.Abs(previous), Math.Abs(loss)), 1))
            {
                endReason = LbfgsEndReason.SmallImprovement;
                break;
            }
        }

        return new LbfgsResult([.. state.Losses], loss, LbfgsMath.Largest(state.Gradient), state.PassesBefore + objective.Passes, endReason);
    }
}

/// <summary>Options of <see cref="LbfgsTrainer"/>. The defaults are those of scikit-learn's <c>MLPClassifier(solver="lbfgs")</c>.</summary>
public sealed record LbfgsOptions
{
    /// <summary>
    /// The maximum number of iterations. An iteration takes one or a few passes through the samples. Default: 200; not negative.
    /// </summary>
    public int MaxIterations { get; init; } = 200;

    /// <summary>
    /// The number of pairs of step and gradient change to keep. A pair has two numbers for each parameter. Default: 10; positive.
    /// </summary>
    public int HistorySize { get; init; } = 10;

    /// <summary>The training stops when no element of the gradient has a larger magnitude. Default: 1e-4; not negative.</summary>
    public double GradientTolerance { get; init; } = 1e-4;

    /// <summary>
    /// The training stops when an iteration lowers the loss by no more than this value times the larger of the loss and 1. Default: 2.2e-9;
    /// not negative.
    /// </summary>
    public double LossTolerance { get; init; } = 2.220446049250313e-9;

    /// <summary>λ of the penalty <c>(λ/2)·Σw²</c> on the weights; biases are not penalized. Default: 0; not negative.</summary>
    public double L2Penalty { get; init; }

    /// <summary>
    /// The number of threads. The result does not depend on it. Default: the number of cores that the process may use; positive.
    /// </summary>
    public int ThreadCount { get; init; } = ProcessorCores.Count;

    /// <summary>
    /// Whether a processor without fused multiply-add emulates it, for the same bits at many times the cost (see <see cref="Engine.HasFusedMultiplyAdd"/>).
    /// Default: false, where results on such a processor agree up to rounding.
    /// </summary>
    public bool EmulateFusedMultiplyAdd { get; init; }

    internal void Validate()
    {
        Guard.NonNegative(MaxIterations, nameof(MaxIterations));
        Guard.Positive(HistorySize, nameof(HistorySize));
        Guard.NonNegative(GradientTolerance, nameof(GradientTolerance));
        Guard.NonNegative(LossTolerance, nameof(LossTolerance));
        Guard.NonNegative(L2Penalty, nameof(L2Penalty));
        Guard.Positive(ThreadCount, nameof(ThreadCount));
    }
}

/// <summary>The reason why an <see cref="LbfgsTrainer"/> stopped.</summary>
public enum LbfgsEndReason
{
    /// <summary>No element of the gradient has a larger magnitude than <see cref="LbfgsOptions.GradientTolerance"/>.</summary>
    SmallGradient,

    /// <summary>An iteration lowered the loss by no more than <see cref="LbfgsOptions.LossTolerance"/>.</summary>
    SmallImprovement,

    /// <summary><see cref="LbfgsOptions.MaxIterations"/> iterations are done.</summary>
    MaxIterations,

    /// <summary>The line search found no lower loss; the limit of single precision is reached.</summary>
    NoProgress,
}

/// <summary>The result of <see cref="LbfgsTrainer.Fit"/>.</summary>
public sealed class LbfgsResult
{
    internal LbfgsResult(List<double> losses, double loss, double gradient, int passes, LbfgsEndReason endReason)
    {
        Losses = losses.AsReadOnly();
        Loss = loss;
        LargestGradient = gradient;
        PassCount = passes;
        EndReason = endReason;
    }

    /// <summary>The mean loss after each iteration, including the penalty.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>The mean loss at the end, including the penalty.</summary>
    public double Loss { get; }

    /// <summary>The largest magnitude of the gradient's elements at the end.</summary>
    public double LargestGradient { get; }

    /// <summary>The number of passes through the samples, including those of the line searches.</summary>
    public int PassCount { get; }

    /// <summary>The reason why the training stopped.</summary>
    public LbfgsEndReason EndReason { get; }

    /// <summary>Returns the iterations as the epochs of a training history.</summary>
    internal TrainingHistory History(int samples, IReadOnlyList<string> classNames) => new(
        [.. Losses.Select((loss, i) => new EpochRecord(i + 1, new EvaluationResult(samples, 0, loss, [], [], classNames), null, TimeSpan.Zero, samples))]);
}
