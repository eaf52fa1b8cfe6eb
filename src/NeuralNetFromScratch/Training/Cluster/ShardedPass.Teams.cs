using System.Numerics;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>The teams among which a process divides its threads and shards.</summary>
internal sealed partial class ShardedPass
{
    /// <summary>The largest number of teams: a power of two that exceeds neither the threads nor the shards of the process.</summary>
    public int MaxTeams => Math.Min(1 << BitOperations.Log2((uint)_engine.ThreadCount), _exchange.OwnShards);

    /// <summary>The largest number of teams among which steps are divided unless the exchange specifies a number. It limits the memory of the gradients.</summary>
    public int MostChosenTeams
    {
        get
        {
            int teams = MaxTeams;
            while (teams > 1 && BufferCount(teams) * sizeof(float) * _parameters.ElementCount > Tuning.TeamGradientBytes)
                teams /= 2;
            return teams;
        }
    }

    /// <summary>The number of teams for the next step: a power of two.</summary>
    public int TeamCount => _teams.Length;

    /// <summary>Divides the next step. The number of teams is rounded down to a power of two and limited to <see cref="MaxTeams"/>.</summary>
    public void Divide(StepDivision division)
    {
        _teams = Teams(1 << BitOperations.Log2((uint)Math.Min(division.Teams, MaxTeams)));
        foreach (ShardTeam team in _teams)
            team.Engine.ActiveThreads = Math.Max(1, division.Threads / _teams.Length);
    }

    /// <summary>Forgets the teams that the next step does not use, and their memory.</summary>
    public void ForgetOtherTeams()
    {
        for (int i = 0; i < _divisions.Length; i++)
            _divisions[i] = _divisions[i] == _teams ? _teams : null;
    }

    private void RunTeams(TeamJob job)
    {
        // Updates that another trainer deferred are completed before several teams read the values.
        _ = _parameters.Values;
        _engine.Run(job, _teams.Length);
    }

    private ShardTeam[] Teams(int count)
    {
        ref ShardTeam[]? teams = ref _divisions[BitOperations.Log2((uint)count)];
        return teams ??= Create(count);
    }

    /// <summary>The number of buffers of gradients and of sums of gradients that a number of teams has.</summary>
    private long BufferCount(int teams) => teams * (1L + BitOperations.Log2((uint)(_exchange.OwnShards / teams)));

    private ShardTeam[] Create(int count)
    {
        Engine[] engines = count == 1 ? [_engine] : _engine.Divide(count);
        var teams = new ShardTeam[count];
        for (int team = 0; team < count; team++)
        {
            ParameterStore parameters = team == 0 ? _parameters : _parameters.WithOwnGradients();
            teams[team] = new ShardTeam(this, engines[team], _createPass(parameters, engines[team]), parameters, _exchange.OwnShards / count);
        }

        return teams;
    }

    /// <summary>Computes the shards of each team.</summary>
    private readonly ref struct TeamJob(ShardedPass pass, TrainingBatch batch, double divisor, RandomSource random, bool refusesNonFinite) : IJob
    {
        private readonly TrainingBatch _batch = batch;

        public void Run(int worker, int workers)
        {
            ShardTeam team = pass._teams[worker];
            TeamFigures? figures = pass._figures?[worker];
            int shards = pass._exchange.OwnShards / workers, partLength = ShardCut.PartLength(_batch.PartLength, pass._exchange.ShardCount);
            for (int i = 0; i < shards; i++)
            {
                int own = worker * shards + i, shard = pass._exchange.FirstShard + own;
                int start = pass._cut.Start(shard), rows = pass._cut.Start(shard + 1) - start;
                figures?.BeginShard(start);
                TrainingBatch samples = rows > 0 ? _batch.Shard(start, rows, divisor, partLength) : default;
                pass._message.Set(own, team.Compute(i, samples, random, figures?.Blocks, refusesNonFinite), figures);
                pass._figures?.TakeScores(worker, start, rows);
            }
        }
    }
}
