namespace NeuralNetFromScratch;

/// <summary>
/// The base class of gradient exchanges, which combine the gradients of several machines between their computation and the update. Set it as
/// <see cref="TrainerOptions.Exchange"/>. All methods are called on the training thread.
/// </summary>
public abstract class GradientExchange
{
    /// <summary>
    /// Called when the gradients of some parameters are complete, in the last block of the step's rows, while the gradients of earlier layers are
    /// still being computed. An implementation can begin to send them. The default implementation does nothing.
    /// </summary>
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="first">The index of the first complete parameter.</param>
    /// <param name="count">The number of complete parameters.</param>
    public virtual void OnLayerFinished(ParameterStore parameters, int first, int count)
    {
    }

    /// <summary>Exchanges the gradients and the batch's contributions to running statistics, which are stored in the gradients of state.</summary>
    /// <param name="parameters">The network's parameters. The method replaces their gradients by those of the whole step.</param>
    /// <param name="totals">The totals of this machine's share of the step.</param>
    /// <returns>The totals of the whole step.</returns>
    public abstract StepTotals Exchange(ParameterStore parameters, StepTotals totals);
}
