namespace NeuralNetFromScratch;

/// <summary>Where a training by L-BFGS stands after an iteration.</summary>
internal sealed class LbfgsState
{
    /// <summary>Pairs whose curvature is not above this are left out, so that the direction stays one of descent.</summary>
    private const double LeastCurvature = 1e-10;

    private readonly Dataset _data;

    /// <param name="objective">The parameters are its position.</param>
    /// <param name="historySize">How many pairs it remembers.</param>
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

    /// <summary>The gradient there.</summary>
    public double[] Gradient { get; }

    /// <summary>The loss there.</summary>
    public double Loss { get; private set; }

    public LbfgsMemory Memory { get; }

    /// <summary>The loss after each iteration.</summary>
    public List<double> Losses { get; } = [];

    /// <summary>Passes of the calls before this one.</summary>
    public int PassesBefore { get; private set; }

    /// <summary>Whether a training of an objective stands here: its data set is the same, and its parameters are where this left them.</summary>
    public bool IsOf(LbfgsObjective objective)
    {
        var position = new double[objective.Length];
        objective.ReadPosition(position);
        return ReferenceEquals(_data, objective.Data) && position.AsSpan().SequenceEqual([.. Position.Select(value => (double)(float)value)]);
    }

    /// <summary>Evaluates the first position.</summary>
    /// <exception cref="NotFiniteNumberException">The loss there is NaN or infinite.</exception>
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

    /// <summary>Counts the passes of a call that ends here.</summary>
    public void CountPasses(int passes) => PassesBefore += passes;
}
