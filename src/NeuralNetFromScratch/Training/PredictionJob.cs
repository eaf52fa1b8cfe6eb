using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Predicts a data set, the samples dealt out to the workers, each with a predictor of its own.</summary>
internal readonly struct PredictionJob(Sequential network, Dataset samples, Tensor outputs) : IJob
{
    public void Run(int worker, int workers)
    {
        var share = Section.Of(samples.Count, 1, worker, workers);
        int inputLength = network.InputShape.ElementCount, outputLength = network.OutputShape.ElementCount;
        Predictor predictor = network.CreatePredictor(Predictor.BlockRows);
        var inputs = new float[Math.Min(share.Count, Predictor.BlockRows) * inputLength];
        for (int start = share.Start; start < share.End; start += Predictor.BlockRows)
        {
            int rows = Math.Min(Predictor.BlockRows, share.End - start);
            for (int row = 0; row < rows; row++)
                samples.CopyFeatures(start + row, inputs.AsSpan(row * inputLength, inputLength));
            predictor.Predict(inputs.AsSpan(0, rows * inputLength), outputs.Span.Slice(start * outputLength, rows * outputLength));
        }
    }
}
