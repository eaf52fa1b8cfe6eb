namespace NeuralNetFromScratch.Compute;

/// <summary>A column kernel whose columns are dealt out to the workers.</summary>
internal readonly struct ColumnJob<TKernel>(Engine engine, TKernel kernel, int columns) : IJob
    where TKernel : struct, IColumnKernel
{
    public void Run(int worker, int workers)
    {
        // Whole cache lines, so that no two workers write to one.
        var bound = new Bound(kernel, Section.Of(columns, AlignedMemory.Alignment, worker, workers));
        SimdDispatch.Run(engine.Width, ref bound);
    }

    private readonly struct Bound(TKernel kernel, Section columns) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => kernel.Run<TSimd>(columns);
    }
}
