using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>What turns the last layer's outputs into predictions. A loss says which one belongs to it.</summary>
public enum OutputActivation
{
    /// <summary>Predictions are the outputs as they are.</summary>
    None,

    /// <summary>The outputs are logits, and predictions their softmax: probabilities of one class each, which sum to 1.</summary>
    Softmax,

    /// <summary>The outputs are logits, and predictions the logarithms of their softmax.</summary>
    LogSoftmax,

    /// <summary>Each output is a logit of its own, and predictions their logistic function: probabilities that do not depend on each other.</summary>
    Sigmoid,
}

/// <summary>Output activations over rows of values.</summary>
internal static class OutputActivations
{
    /// <summary>Replaces rows of outputs by predictions.</summary>
    public static void Apply(this OutputActivation activation, Span<float> values, int columns)
    {
        switch (activation)
        {
            case OutputActivation.Softmax: Softmax.Rows(values, columns); break;
            case OutputActivation.LogSoftmax: Softmax.LogRows(values, columns); break;
            case OutputActivation.Sigmoid: Activation.Sigmoid.Apply(values, values); break;
        }
    }
}
