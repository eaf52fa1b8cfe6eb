using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Trainings that the processes of a cluster share.</summary>
public sealed partial class Trainer
{
    /// <summary>
    /// Checks all arguments before anything changes, and compares them with those of the other processes of a cluster. Where one refuses them, the others learn of it.
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

        Dictionary<string, string> entries = Entries(call);
        foreach ((string key, string text) in TrainingFingerprint.OfOptions(_network, _loss, _optimizer, _engine, _shards, plan))
            entries[key] = text;
        entries["number of epochs"] = options.Epochs.ToString(CultureInfo.InvariantCulture);
        entries["stop at a loss that is not finite"] = options.StopOnNonFiniteLoss ? "yes" : "no";
        cluster.Compare(entries);
        return plan;
    }

    /// <summary>Compares the processes of a cluster before the first step, unless a training has begun.</summary>
    private void BeginCluster()
    {
        if (_steps.Cluster is { HasBegun: false } cluster)
        {
            cluster.Compare(Entries("single steps"));
            cluster.BroadcastState();
        }
    }

    private Dictionary<string, string> Entries(string call)
    {
        Dictionary<string, string> entries = new()
        {
            ["call"] = call,
            ["library version"] = typeof(Trainer).Assembly.GetName().Version?.ToString() ?? "",
            ["steps so far"] = _state.Steps.ToString(CultureInfo.InvariantCulture),
            ["epochs so far"] = _state.FinishedEpochs.ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string key, string text) in TrainingFingerprint.OfTrainer(_network, _loss, _optimizer, _engine, _shards))
            entries[key] = text;
        return entries;
    }

    /// <summary>Ends the other processes of a cluster if this one alone cannot go on. Returns false, so that the exception goes on.</summary>
    private bool Abandons(Exception exception) => _steps.Cluster is { } cluster && cluster.Exchange.Abandons(exception);
}
