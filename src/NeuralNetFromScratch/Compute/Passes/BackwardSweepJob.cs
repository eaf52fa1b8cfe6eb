namespace NeuralNetFromScratch.Compute;

/// <summary>A <see cref="BackwardSweep"/> whose columns are dealt out to the workers.</summary>
internal readonly struct BackwardSweepJob<TFunction>(Engine engine, TFunction function, BackwardSweep sweep) : IJob
    where TFunction : struct, IActivationFunction
{
    public void Run(int worker, int workers)
    {
        // Whole cache lines, so that no two workers write to one.
        var columns = Section.Of(sweep.Columns, AlignedMemory.Alignment, worker, workers);
        var kernel = new BackwardSweepKernel<TFunction>(function, sweep, columns);
        SimdDispatch.Run(engine.Width, ref kernel);
    }
}
