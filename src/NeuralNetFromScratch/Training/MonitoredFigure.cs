namespace NeuralNetFromScratch;

/// <summary>A figure of an epoch that tells whether training still helps.</summary>
public enum MonitoredFigure
{
    /// <summary>The loss on the validation set: lower is better.</summary>
    ValidationLoss,

    /// <summary>The accuracy on the validation set: higher is better.</summary>
    ValidationAccuracy,

    /// <summary>The loss on the training samples: lower is better.</summary>
    TrainingLoss,
}
