using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The rows of a weight that have gradients, if the update can skip the other rows. The default value has no rows, and nothing is skipped.
/// </summary>
/// <param name="Start">The index of the first element of the first row in the flat buffers.</param>
/// <param name="Length">The number of elements of all rows, listed or not.</param>
/// <param name="Width">The number of elements of a row.</param>
/// <param name="List">The list of the rows that have gradients.</param>
internal readonly record struct ListedRows(int Start, int Length, int Width, GradientRows? List)
{
    public int End => Start + Length;

    public ReadOnlySpan<int> Numbers => List is null ? [] : List.Numbers;

    public bool LieIn(in UpdateRun run) => Length > 0 && run.Start <= Start && End <= run.End;

    /// <summary>Whether a weight is trained by a rule of the library, which computes each element from its own gradient and slots.</summary>
    public static bool CanBeUsed(UpdatePlan plan, Parameter weight, Optimizer optimizer) =>
        optimizer.IsOfLibrary && weight is { Role: ParameterRole.Weight, Shape.Rank: 2 } && Array.Exists(plan.Runs, run => weight.Offset >= run.Start && weight.Offset < run.End);

    /// <summary>Finds the weight whose rows are listed after the batch.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="own">The lists of this trainer. The optimizer of another trainer may skip rows that the optimizer of this one changes.</param>
    public static ListedRows Find(ParameterStore parameters, GradientRows?[] own)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            Parameter weight = parameters[i];
            if (own[i] is not { IsKnown: true } list || weight.GradientRows != list)
                continue;
            int width = weight.Shape[^1], skipped = list.First * width;
            return new ListedRows(weight.Offset + skipped, weight.Shape.ElementCount - skipped, width, list);
        }

        return default;
    }
}

/// <summary>Consecutive parameters that are updated with the same factors.</summary>
/// <param name="Start">The index of the first element in the flat buffers.</param>
/// <param name="Length">The number of elements, in whole cache lines.</param>
/// <param name="RateFactor">The factor on the learning rate.</param>
/// <param name="L2">λ of the penalty (λ/2)·Σw².</param>
/// <param name="L1">λ of the penalty λ·Σ|w|.</param>
/// <param name="DecoupledWeightDecay">λ of decoupled weight decay.</param>
internal readonly record struct UpdateRun(int Start, int Length, float RateFactor, float L2, float L1, float DecoupledWeightDecay)
{
    public int End => Start + Length;

    /// <summary>Whether parameters without gradients change, whatever the rule.</summary>
    public bool HasPenalty => L2 != 0 || L1 != 0 || DecoupledWeightDecay != 0;
}

/// <summary>
/// The factors with which the optimizer and its groups update each parameter, as a table of runs. One pass over the flat buffers handles all
/// differences between layers.
/// </summary>
internal sealed class UpdatePlan
{
    /// <exception cref="ArgumentException">A group names no parameter.</exception>
    public UpdatePlan(ParameterStore parameters, Optimizer optimizer)
    {
        if (optimizer is { GlobalClipNorm: not null, GlobalClipInfinityNorm: not null })
            throw new ArgumentException("the optimizer has both GlobalClipNorm and GlobalClipInfinityNorm; set one", nameof(optimizer));
        foreach (ParameterGroup group in optimizer.ParameterGroups)
        {
            if (!parameters.Any(parameter => group.Names(parameter.Name)))
                throw new ArgumentException(
                    $"the optimizer has a group \"{group.Name}\", but no layer or parameter has this name; the network has {string.Join(", ", parameters.Select(parameter => parameter.Name))}",
                    nameof(optimizer));
        }

        var runs = new List<UpdateRun>();
        var bounds = new List<(Parameter, float)>();
        var mixed = new List<Parameter>();
        Frozen = new bool[parameters.Count];
        for (int i = 0; i < parameters.Count; i++)
        {
            Parameter parameter = parameters[i];
            ParameterGroup? group = optimizer.ParameterGroups.LastOrDefault(group => group.Names(parameter.Name));
            Frozen[i] = group is { IsFrozen: true };
            if (Frozen[i])
                continue;
            if (parameter.Role == ParameterRole.Buffer)
            {
                if (parameter.Definition.MixingShare > 0)
                    mixed.Add(parameter);
                continue;
            }

            bool decays = parameter.Role == ParameterRole.Weight || optimizer.DecaysAllParameters;
            Add(runs, new UpdateRun(
                parameter.Offset,
                parameter.Extent,
                group?.LearningRateFactor ?? 1,
                group?.L2Penalty ?? (decays ? optimizer.L2Penalty : 0),
                group?.L1Penalty ?? (decays ? optimizer.L1Penalty : 0),
                group?.DecoupledWeightDecay ?? (decays ? optimizer.DecoupledWeightDecay : 0)));
            if (parameter.Role == ParameterRole.Weight && parameter.Shape.Rank >= 2 && (group?.MaxNorm ?? optimizer.MaxNorm) is { } bound)
                bounds.Add((parameter, bound));
        }

        Runs = [.. runs];
        Bounds = [.. bounds];
        MixedStates = [.. mixed];
    }

    /// <summary>The trained parameters in the order of the flat buffers.</summary>
    public UpdateRun[] Runs { get; }

    /// <summary>The weights whose columns have a bound on their norm.</summary>
    public (Parameter Weight, float Bound)[] Bounds { get; }

    /// <summary>The running statistics.</summary>
    public Parameter[] MixedStates { get; }

    /// <summary>For each parameter, whether it is frozen.</summary>
    public bool[] Frozen { get; }

    /// <summary>Returns the run of a weight with listed rows.</summary>
    public UpdateRun RunOf(ListedRows rows)
    {
        foreach (UpdateRun run in Runs)
        {
            if (rows.LieIn(run))
                return run;
        }

        throw new InvalidOperationException("the weight is not updated");
    }

    /// <summary>Adds a run. It extends the last run if both are adjacent and have the same factors.</summary>
    private static void Add(List<UpdateRun> runs, UpdateRun run)
    {
        if (runs.Count > 0 && runs[^1] is var last && last.End == run.Start && last with { Start = run.Start, Length = run.Length } == run)
            runs[^1] = last with { Length = last.Length + run.Length };
        else
            runs.Add(run);
    }
}
