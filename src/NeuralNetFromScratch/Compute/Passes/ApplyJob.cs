namespace NeuralNetFromScratch.Compute;

/// <summary><c>y = f(x)</c>, the elements dealt out to the workers.</summary>
internal readonly unsafe struct ApplyJob<TFunction>(Engine engine, TFunction function, float* x, float* y, int length) : IJob
    where TFunction : struct, IActivationFunction
{
    public void Run(int worker, int workers)
    {
        var part = Section.Of(length, AlignedMemory.Alignment, worker, workers);
        var kernel = new ApplyKernel<TFunction>(function, x + part.Start, y + part.Start, part.Count);
        SimdDispatch.Run(engine.Width, ref kernel);
    }
}
