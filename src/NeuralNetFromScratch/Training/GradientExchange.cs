namespace NeuralNetFromScratch;

/// <summary>
/// What happens to the gradients of a step between computing them and the update: machines that share a step add theirs here. Derive from this
/// class, and give it to <see cref="TrainerOptions.Exchange"/>. All methods are called on the thread that trains.
/// </summary>
public abstract class GradientExchange
{
    /// <summary>
    /// Announces that the gradients of some parameters are finished, in the last block of the step's rows, while the gradients of the layers before are
    /// still being computed: sending them can begin.
    /// </summary>
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="first">Number of the first finished parameter.</param>
    /// <param name="count">Number of finished parameters.</param>
    public virtual void OnLayerFinished(ParameterStore parameters, int first, int count)
    {
    }

    /// <summary>Exchanges the gradients, and what the batch adds to running statistics, which lies in the gradients of state.</summary>
    /// <param name="parameters">The network's parameters; the gradients are to be replaced by those of the whole step.</param>
    /// <param name="totals">The totals of this machine's share.</param>
    /// <returns>The totals of the whole step.</returns>
    public abstract StepTotals Exchange(ParameterStore parameters, StepTotals totals);
}
