namespace NeuralNetFromScratch;

/// <summary>
/// The loss and metrics of a step that is divided into shards. Sums and counts are computed for each shard and then added in the tree over the shards. Scores are
/// stored at the index of the sample in the step.
/// </summary>
/// <param name="create">Creates an accumulator for a number of workers.</param>
internal sealed class StepFigures(Func<int, MetricAccumulator> create)
{
    private TeamFigures[] _teams = [];
    private int _workers;

    /// <summary>The accumulator of the first team, which receives the scores of all teams.</summary>
    public MetricAccumulator Accumulator => _teams[0].Accumulator;

    /// <summary>Returns the figures of a team.</summary>
    public TeamFigures this[int team] => _teams[team];

    /// <summary>Begins a step.</summary>
    /// <param name="rows">The number of samples.</param>
    /// <param name="teams">The number of teams that compute shards at the same time.</param>
    /// <param name="workers">The number of workers of the largest team.</param>
    public void Begin(int rows, int teams, int workers)
    {
        if (_teams.Length != teams || _workers != workers)
            _teams = [.. Enumerable.Range(0, teams).Select(_ => new TeamFigures(create(workers)))];
        _workers = workers;
        foreach (TeamFigures team in _teams)
            team.Accumulator.Reset(rows);
    }

    /// <summary>Copies the scores of a team's samples to the accumulator of the first team.</summary>
    public void TakeScores(int team, int start, int count)
    {
        if (team > 0 && Accumulator.HasScores)
            _teams[team].Accumulator.CopyScores(Accumulator, start, count, start);
    }
}

/// <summary>The loss and metrics of the current shard of a team.</summary>
internal sealed class TeamFigures(MetricAccumulator accumulator)
{
    public MetricAccumulator Accumulator { get; } = accumulator;

    /// <summary>Receives the blocks of the current shard.</summary>
    public BlockFigures Blocks { get; } = new(accumulator);

    /// <summary>Begins a shard.</summary>
    /// <param name="start">The index of its first sample in the step.</param>
    public void BeginShard(int start) => Blocks.Begin(0, start);
}
