namespace NeuralNetFromScratch;

/// <summary>What a parameter is to the optimizer.</summary>
public enum ParameterRole
{
    /// <summary>Trained, and subject to weight decay.</summary>
    Weight,

    /// <summary>Trained, and free of weight decay: biases, scales and shifts.</summary>
    Bias,

    /// <summary>Kept with the parameters, but not trained: running statistics, the mean and deviation of the inputs.</summary>
    State,
}
