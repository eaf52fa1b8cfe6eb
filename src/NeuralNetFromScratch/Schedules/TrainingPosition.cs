using System.Collections.ObjectModel;

namespace NeuralNetFromScratch;

/// <summary>How far a training is when a step begins.</summary>
/// <param name="Epochs">Epochs done, with the fraction of the current one.</param>
/// <param name="TotalEpochs">Epochs that the training will take; positive.</param>
public readonly record struct TrainingPosition(double Epochs, double TotalEpochs)
{
    /// <summary>The share of the training that is done, 0 to 1.</summary>
    public double Fraction => Math.Clamp(Epochs / TotalEpochs, 0, 1);

    /// <summary>The loss after each finished epoch: on the validation set where there is one, else on the training samples.</summary>
    public IReadOnlyList<double> EpochLosses
    {
        get => field ?? [];
        init;
    }

    /// <summary>
    /// The figures of each metric after each finished epoch, by the metric's name, of the same samples as <see cref="EpochLosses"/>. The lower is the
    /// better: where a metric's higher values are better, they stand here with the opposite sign.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> EpochMetrics
    {
        get => field ?? ReadOnlyDictionary<string, IReadOnlyList<double>>.Empty;
        init;
    }
}
