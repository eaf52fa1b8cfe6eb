using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>
/// The optimizer's pass over the parameters. A weight with enough columns is dealt out by columns, as the matrix products deal it
/// out, so that each core finds in its cache what it has just written; other parameters are dealt out as they lie.
/// </summary>
internal readonly struct UpdateJob(Optimizer optimizer, UpdateStep step, ParameterStore parameters, AlignedBuffer slots, SimdWidth width) : IJob
{
    public void Run(int worker, int workers)
    {
        int tileColumns = Blocking.For(width).TileColumns;
        for (int i = 0; i < parameters.Count; i++)
        {
            Parameter parameter = parameters[i];
            int columns = parameter.Shape.Rank == 2 ? parameter.Shape[1] : 1;
            if (columns >= workers * tileColumns)
            {
                Section section = Section.Of(columns, tileColumns, worker, workers);
                Update(parameter.Offset + section.Start, parameter.Shape[0], section.Count, columns);
            }
            else
            {
                Section section = Section.Of(parameter.Shape.Length, AlignedMemory.Alignment, worker, workers);
                Update(parameter.Offset + section.Start, 1, section.Count, 0);
            }
        }
    }

    private void Update(int start, int rows, int columns, int rowStride)
    {
        var region = new UpdateRegion
        {
            Values = parameters.Values,
            Gradients = parameters.Gradients,
            Slots = slots.Span,
            SlotStride = parameters.Values.Length,
            Start = start,
            Rows = rows,
            Columns = columns,
            RowStride = rowStride,
        };
        optimizer.UpdateRegion(step, region);
    }
}
