namespace NeuralNetFromScratch;

/// <summary>What the outputs mean.</summary>
public sealed partial class Sequential
{
    /// <summary>
    /// What turns the last layer's outputs into predictions; null where that is not known. The first trainer sets it to
    /// <see cref="Loss.OutputActivation"/> of its loss, and a model file keeps it. Set it for a network that is not trained here, such as one whose
    /// weights alone were loaded, or to null to train a network with a loss of another kind.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public OutputActivation? OutputActivation
    {
        get;
        set => field = value is null || Enum.IsDefined(value.Value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "the output activation is none that there is");
    }

    /// <exception cref="InvalidOperationException">It is not known.</exception>
    internal OutputActivation KnownOutputActivation => OutputActivation ?? throw new InvalidOperationException(
        "the network does not know what its outputs mean; train it, load a model file, or set OutputActivation: Softmax for one of several classes, Sigmoid for labels that do not exclude each other, None for numbers");

    /// <summary>Takes the meaning of the outputs from the loss that the network is to be trained with.</summary>
    /// <exception cref="ArgumentException">Loss and network contradict each other; nothing has changed.</exception>
    internal void AdoptOutputs(Loss loss)
    {
        OutputActivation wanted = loss.OutputActivation;
        if (OutputActivation is { } known && known != wanted && !(IsSoftmax(known) && IsSoftmax(wanted)))
            throw new ArgumentException(
                $"{loss} is for outputs of kind {wanted}, but the network's are {known}; take another loss, or set the network's OutputActivation to null first", nameof(loss));
        if (wanted != NeuralNetFromScratch.OutputActivation.None && LastActivation is { } last && last.Equals(Activation.Sigmoid))
            throw new ArgumentException(
                $"{loss} applies a {(IsSoftmax(wanted) ? "softmax" : "sigmoid")} to the outputs itself, but {Nodes[^1].Name} ends in a sigmoid; leave the last activation out", nameof(loss));
        loss.CheckOutputs(OutputShape.ElementCount);
        OutputActivation ??= wanted;
    }

    /// <summary>The activation that the outputs come from; null where another layer comes after it.</summary>
    private Activation? LastActivation => Nodes[^1].Layer switch
    {
        Dense dense => dense.Activation,
        Activate activate => activate.Activation,
        _ => null,
    };

    private static bool IsSoftmax(OutputActivation activation) =>
        activation is NeuralNetFromScratch.OutputActivation.Softmax or NeuralNetFromScratch.OutputActivation.LogSoftmax;
}
