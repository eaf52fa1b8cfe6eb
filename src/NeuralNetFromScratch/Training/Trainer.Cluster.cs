using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Trainings that the processes of a cluster share.</summary>
public sealed partial class Trainer
{
    /// <summary>
    /// Checks all arguments before anything changes, and compares them with those of the other processes of a cluster. If a process rejects its arguments, it
    /// notifies the others.
    /// </summary>
    private TrainingPlan Begin(Dataset training, FitOptions options, string call)
    {
        if (_steps.Cluster is not { IsAlone: false } cluster)
            return Begin(training, options);
        TrainingPlan plan;
        try
        {
            plan = Begin(training, options);
        }
        catch (Exception exception)
        {
            cluster.Refuse(exception);
            throw;
        }

        Dictionary<string, string> entries = Entries(call, TrainingFingerprint.OfOptions(_network, _loss, _optimizer, _engine, _shards, plan));
        entries["number of epochs"] = options.Epochs.ToString(CultureInfo.InvariantCulture);
        entries["stop at a loss that is not finite"] = options.StopOnNonFiniteLoss ? "yes" : "no";
        cluster.Compare(entries);
        return plan;
    }

    /// <summary>Before the first step, compares the processes of a cluster and sends the state of rank 0 to them, unless a training has begun.</summary>
    private void BeginCluster()
    {
        if (_steps.Cluster is { HasBegun: false } cluster)
        {
            cluster.Compare(Entries("single steps", TrainingFingerprint.OfTrainer(_network, _loss, _optimizer, _engine, _shards)));
            cluster.BroadcastState();
        }
    }

    private Dictionary<string, string> Entries(string call, Dictionary<string, string> described)
    {
        Dictionary<string, string> entries = new()
        {
            ["call"] = call,
            ["library version"] = typeof(Trainer).Assembly.GetName().Version?.ToString() ?? "",
            ["steps so far"] = _state.Steps.ToString(CultureInfo.InvariantCulture),
            ["epochs so far"] = _state.FinishedEpochs.ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string key, string text) in described)
            entries[key] = text;
        return entries;
    }

    /// <summary>
    /// Notifies the other processes of a cluster that this one rejects the arguments of a step, so that they throw and do not wait for its gradients. Returns false,
    /// for use as an exception filter.
    /// </summary>
    private bool Refuses(Exception exception, bool hasLabels)
    {
        using UseGuard.Use use = BeginUse();
        _steps.Refuse(exception, hasLabels);
        return false;
    }

    /// <summary>Ends the other processes of a cluster if only this process throws the exception. Returns false, for use as an exception filter.</summary>
    private bool Abandons(Exception exception) => _steps.Cluster is { } cluster && cluster.Exchange.Abandons(exception);
}
