using System.Buffers;
using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>A class that a network predicts for a sample, with its probability.</summary>
/// <param name="Index">The index of the class, from 0.</param>
/// <param name="Name">The name of the class from <see cref="Sequential.ClassNames"/>, or its index as text if the network has no class names.</param>
/// <param name="Probability">The probability that the network estimates, 0 to 1; NaN if the output is NaN.</param>
public readonly record struct Classification(int Index, string Name, float Probability)
{
    /// <summary>Returns name and probability, for example <c>seven (98.3 %)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MessageText.Of(Name)} ({Probability * 100:F1} %)");
}

/// <summary>Classification of single samples.</summary>
public sealed partial class Sequential
{
    /// <summary>The largest number of outputs that are stored on the stack.</summary>
    private const int MostOnStack = 256;

    /// <summary>
    /// The number of classes: 2 for a network with one output and a sigmoid, whose output is the probability of class 1; otherwise one for each
    /// output.
    /// </summary>
    private int ClassCount => OutputShape.ElementCount == 1 && OutputActivation == NeuralNetFromScratch.OutputActivation.Sigmoid ? 2 : OutputShape.ElementCount;

    /// <summary>Returns the most probable class of one sample. The method is thread-safe and allocates nothing once warm.</summary>
    /// <param name="sample">The sample: [in].</param>
    /// <returns>
    /// The class with the highest probability; the first one if several have the same. A network with one output and a sigmoid has the classes 0
    /// and 1. A network with several sigmoid outputs (multi-label) returns its most probable label.
    /// </returns>
    /// <exception cref="ArgumentException">The number of values differs from that of the network's input.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null or None: the outputs are not probabilities.</exception>
    public Classification Classify(ReadOnlySpan<float> sample)
    {
        Classification best = default;
        Classify(sample, new Span<Classification>(ref best));
        return best;
    }

    /// <summary>Returns the most probable classes of one sample, in descending order of probability. The method is thread-safe.</summary>
    /// <param name="sample">The sample: [in].</param>
    /// <param name="count">The number of classes to return, 1 to the number of classes.</param>
    /// <returns>The classes: [count].</returns>
    /// <exception cref="ArgumentException">The number of values differs from that of the network's input.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1 or greater than the number of classes.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null or None: the outputs are not probabilities.</exception>
    public Classification[] Classify(ReadOnlySpan<float> sample, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        CheckClassCount(count, nameof(count));
        var best = new Classification[count];
        Classify(sample, best.AsSpan());
        return best;
    }

    /// <summary>
    /// Finds the most probable classes of one sample, in descending order of probability. The method is thread-safe and allocates nothing once
    /// warm.
    /// </summary>
    /// <param name="sample">The sample: [in].</param>
    /// <param name="best">Receives the classes; its length is at most the number of classes.</param>
    /// <exception cref="ArgumentException">The number of values differs from that of the network's input.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="best"/> is longer than the number of classes.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null or None: the outputs are not probabilities.</exception>
    public void Classify(ReadOnlySpan<float> sample, Span<Classification> best)
    {
        if (sample.Length != InputShape.ElementCount)
            throw new ArgumentException($"{Nodes[0].Name}: expected one sample {InputShape} of {InputShape.ElementCount} values, got {sample.Length}", nameof(sample));
        int length = OutputShape.ElementCount;
        float[]? rented = length > MostOnStack ? ArrayPool<float>.Shared.Rent(length) : null;
        Span<float> prediction = rented is null ? stackalloc float[MostOnStack] : rented;
        prediction = prediction[..length];
        try
        {
            Predict(sample, prediction);
            ClassifyPrediction(prediction, best);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// Finds the most probable classes in the output of <see cref="Predict(ReadOnlySpan{float}, Span{float})"/> for one sample, in descending
    /// order of probability.
    /// </summary>
    /// <param name="prediction">The predictions of the sample: [out].</param>
    /// <param name="best">Receives the classes; its length is at most the number of classes.</param>
    /// <exception cref="ArgumentException">The number of predictions differs from the number of the network's outputs.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="best"/> is longer than the number of classes.</exception>
    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null or None: the outputs are not probabilities.</exception>
    public void ClassifyPrediction(ReadOnlySpan<float> prediction, Span<Classification> best)
    {
        OutputActivation activation = KnownOutputActivation;
        if (activation == NeuralNetFromScratch.OutputActivation.None)
            throw new InvalidOperationException("the network's outputs are not probabilities of classes; use Predict");
        if (prediction.Length != OutputShape.ElementCount)
            throw new ArgumentException($"expected the {OutputShape.ElementCount} predictions of one sample, got {prediction.Length}", nameof(prediction));
        CheckClassCount(best.Length, nameof(best));
        bool isBinary = ClassCount != prediction.Length, isLogarithm = activation == NeuralNetFromScratch.OutputActivation.LogSoftmax;
        for (int label = 0, found = 0; label < ClassCount; label++)
        {
            float value = isBinary ? label == 0 ? 1 - prediction[0] : prediction[0] : prediction[label];
            float probability = isLogarithm ? (float)PortableMath.Exp(value) : value;
            // Insertion sort from the end: few classes are requested, and most candidates are not above the last one.
            int place = found;
            while (place > 0 && IsBefore(probability, best[place - 1].Probability))
                place--;
            if (place == best.Length)
                continue;
            found = Math.Min(found + 1, best.Length);
            for (int i = found - 1; i > place; i--)
                best[i] = best[i - 1];
            best[place] = new Classification(label, "", probability);
        }

        foreach (ref Classification one in best)
            one = one with { Name = ClassName(one.Index) };
    }

    /// <summary>NaN comes after all numbers; equal numbers keep the order of the classes.</summary>
    private static bool IsBefore(float probability, float other) => probability > other || (float.IsNaN(other) && !float.IsNaN(probability));

    private string ClassName(int index) => index < ClassNames.Count ? ClassNames[index] : index.ToString(CultureInfo.InvariantCulture);

    private void CheckClassCount(int count, string name)
    {
        if (count > ClassCount)
            throw new ArgumentOutOfRangeException(name, count, $"the network has {ClassCount} classes");
    }
}
