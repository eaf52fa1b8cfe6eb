namespace NeuralNetFromScratch.Compute;

/// <summary>Convolutions on an engine's workers. All batches are contiguous: [samples, height · width · channels].</summary>
internal static class Convolution
{
    /// <summary>Computes the outputs and applies an epilogue to each.</summary>
    public static void Convolve<TEpilogue>(
        this Engine engine,
        in ConvolutionShape shape,
        int samples,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> weights,
        Span<float> output,
        TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue, allows ref struct
    {
        int workers = engine.WorkersFor(shape.Work(samples), Tuning.ProductGrain);
        if (shape.IsDepthwise)
            engine.Run(new DepthwiseForward<TEpilogue>(engine, shape, samples, input, weights, output, epilogue), workers);
        else
            engine.Run(new ConvolutionForward<TEpilogue>(engine, shape, samples, input, weights, output, epilogue), workers);
    }

    /// <summary>Computes the gradient of the input.</summary>
    public static void ConvolveBack(
        this Engine engine, in ConvolutionShape shape, int samples, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient)
    {
        int workers = engine.WorkersFor(shape.Work(samples), Tuning.ProductGrain);
        if (shape.IsDepthwise)
            engine.Run(new DepthwiseInputGradient(engine, shape, samples, outputGradient, weights, inputGradient), workers);
        else if (PlanarInputGradient.Suits(shape))
            engine.Run(new PlanarInputGradient(engine, shape, samples, outputGradient, weights, inputGradient), Math.Min(workers, samples));
        else
            engine.Run(new ConvolutionInputGradient(engine, shape, samples, outputGradient, weights, inputGradient), workers);
    }

    /// <summary>Computes the gradient of the weights.</summary>
    /// <param name="engine">The engine whose workers are used.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="input">x.</param>
    /// <param name="outputGradient">dy.</param>
    /// <param name="chunks">Memory for the sums of all chunks; not used if there is one chunk.</param>
    /// <param name="weightGradient">Receives dw.</param>
    /// <param name="accumulate">Whether to add to the existing values.</param>
    public static void CorrelateGradient(
        this Engine engine,
        in ConvolutionShape shape,
        int samples,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> outputGradient,
        Span<float> chunks,
        Span<float> weightGradient,
        bool accumulate)
    {
        int workers = engine.WorkersFor(shape.Work(samples), Tuning.ProductGrain), count = shape.Chunks(samples);
        // The rows of dw are divided only if there are too few chunks for the workers.
        int rowTiles = (shape.Depth - 1) / Tuning.Blocking(engine.Width).TileRows + 1;
        int rowParts = count >= workers * Tuning.ChunksForWorker ? 1 : Math.Min(rowTiles, workers);
        bool isOne = count == 1;
        Span<float> sums = isOne ? weightGradient : chunks[..(count * shape.WeightCount)];
        if (shape.IsDepthwise)
            engine.Run(new DepthwiseWeightGradient(engine, shape, samples, input, outputGradient, sums, isOne && accumulate), Math.Min(workers, count));
        else
            engine.Run(new ConvolutionWeightGradient(engine, shape, samples, rowParts, input, outputGradient, sums, isOne && accumulate), Math.Min(workers, count * rowParts));
        if (!isOne)
            PartialSums.Add(engine, sums, weightGradient, accumulate);
    }
}
