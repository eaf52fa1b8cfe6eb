namespace NeuralNetFromScratch;

/// <summary>The state of a training with L-BFGS after an iteration.</summary>
internal sealed class LbfgsState
{
    /// <summary>Pairs whose curvature is not above this value are omitted, so that the direction remains a descent direction.</summary>
    private const double LeastCurvature = 1e-10;

    private readonly Dataset _data;

    /// <param name="objective">The objective, whose current parameters are the first position.</param>
    /// <param name="historySize">The maximum number of pairs to keep.</param>
    public LbfgsState(LbfgsObjective objective, int historySize)
    {
        _data = objective.Data;
        Position = new double[objective.Length];
        Gradient = new double[objective.Length];
        Memory = new LbfgsMemory(historySize, objective.Length);
        objective.ReadPosition(Position);
    }

    /// <summary>Whether the loss of the first position is known.</summary>
    public bool HasBegun { get; private set; }

    public double[] Position { get; }

    /// <summary>The gradient at the position.</summary>
    public double[] Gradient { get; }

    /// <summary>The loss at the position.</summary>
    public double Loss { get; private set; }

    public LbfgsMemory Memory { get; }

    /// <summary>The loss after each iteration.</summary>
    public List<double> Losses { get; } = [];

    /// <summary>The number of passes in earlier calls.</summary>
    public int PassesBefore { get; private set; }

    /// <summary>
    /// Whether this state belongs to an objective: the data set is the same, and the parameters are equal to the position, rounded to single precision.
    /// </summary>
    public bool IsOf(LbfgsObjective objective)
    {
        var position = new double[objective.Length];
        objective.ReadPosition(position);
        return ReferenceEquals(_data, objective.Data) && position.AsSpan().SequenceEqual([.. Position.Select(value => (double)(float)value)]);
    }

    /// <summary>Evaluates the first position.</summary>
    /// <exception cref="NotFiniteNumberException">The loss at the first position is NaN or infinite.</exception>
    public void Begin(LbfgsObjective objective)
    {
        Loss = objective.Evaluate(Position, Gradient);
        if (!double.IsFinite(Loss))
            throw new NotFiniteNumberException(FormattableString.Invariant($"the loss of the first pass is {Loss}; check the features for values that are not finite, or use smaller initial weights"), Loss);
        HasBegun = true;
    }

    /// <summary>Moves to the position where a search has ended.</summary>
    public void Move(WolfeSearch search, double loss)
    {
        Memory.Add(Position, search.Position, Gradient, search.Gradient, LeastCurvature);
        search.Position.CopyTo(Position, 0);
        search.Gradient.CopyTo(Gradient, 0);
        Loss = loss;
        Losses.Add(loss);
    }

    /// <summary>Adds the number of passes of a call that ends.</summary>
    public void CountPasses(int passes) => PassesBefore += passes;
}
