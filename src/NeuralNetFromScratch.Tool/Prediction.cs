using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Tool;

/// <summary>What a network takes a sample for.</summary>
/// <param name="Index">The sample's place in its set.</param>
/// <param name="Predicted">The most probable class.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Truth">The sample's class.</param>
internal sealed record Prediction(int Index, int Predicted, float Probability, int Truth)
{
    public bool IsCorrect => Predicted == Truth;

    /// <summary>The predictions of all samples of a set.</summary>
    /// <param name="probabilities">[samples, classes].</param>
    /// <param name="samples">The set.</param>
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
