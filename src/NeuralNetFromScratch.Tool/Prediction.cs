using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Tool;

/// <summary>The prediction for a sample.</summary>
/// <param name="Index">The index of the sample.</param>
/// <param name="Predicted">The most probable class.</param>
/// <param name="Probability">The probability of that class.</param>
/// <param name="Truth">The actual class.</param>
internal sealed record Prediction(int Index, int Predicted, float Probability, int Truth)
{
    public bool IsCorrect => Predicted == Truth;

    /// <summary>Returns the predictions for all samples of a data set.</summary>
    /// <param name="probabilities">[samples, classes].</param>
    /// <param name="samples">The data set.</param>
    public static IReadOnlyList<Prediction> Of(Tensor<float> probabilities, Dataset samples)
    {
        var predictions = new Prediction[samples.Count];
        for (int i = 0; i < predictions.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.AsMatrix().Row(i);
            int predicted = TensorPrimitives.IndexOfMax(row);
            predictions[i] = new(i, predicted, row[predicted], samples.GetLabel(i));
        }

        return predictions;
    }
}
