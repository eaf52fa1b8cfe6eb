namespace NeuralNetFromScratch;

/// <summary>What <c>Sequential.Predict</c> makes of the last layer's output.</summary>
public enum OutputTransform
{
    /// <summary>The outputs are logits, and predictions their softmax: probabilities that sum to 1.</summary>
    Softmax,

    /// <summary>The outputs are logits, and predictions the logarithms of their softmax.</summary>
    LogSoftmax,

    /// <summary>Each output is a logit of its own, and predictions their logistic function: probabilities that do not depend on each other.</summary>
    Sigmoid,

    /// <summary>Predictions are the outputs as they are.</summary>
    None,
}
