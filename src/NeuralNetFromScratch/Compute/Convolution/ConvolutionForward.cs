using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Computes the outputs of a convolution: <c>y[i, j, f] = Σ x[i·stride + r·dilation − top, j·stride + s·dilation − left, c] · w[r, s, c, f]</c>,
/// summed as one chain in the order of r, s, c, followed by an epilogue. Workers process rows of the output images.
/// </summary>
internal readonly unsafe ref struct ConvolutionForward<TEpilogue>(
    Engine engine, ConvolutionShape shape, int samples, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, Span<float> output, TEpilogue epilogue) : IJob
    where TEpilogue : struct, IEpilogue, allows ref struct
{
    private readonly Engine _engine = engine;
    private readonly ConvolutionShape _shape = shape;
    private readonly int _samples = samples;
    private readonly ReadOnlySpan<float> _input = input, _weights = weights;
    private readonly Span<float> _output = output;
    private readonly TEpilogue _epilogue = epilogue;

    public void Run(int worker, int workers)
    {
        Section rows = Section.Of(_samples * _shape.Vertical.Output, 1, worker, workers);
        if (rows.Count == 0)
            return;
        fixed (float* x = _input, w = _weights, y = _output)
        {
            var kernel = new Kernel(_shape, rows, x, w, y, _engine.Space(worker), _engine.Width, _epilogue);
            SimdDispatch.Run(_engine.Width, ref kernel);
        }
    }

    private readonly ref struct Kernel(
        ConvolutionShape shape, Section rows, float* x, float* w, float* y, PackSpace space, SimdWidth width, TEpilogue epilogue) : ISimdKernel
    {
        private readonly TEpilogue _epilogue = epilogue;

        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var counted = new PackArena(null);
            Run<TSimd>(ref counted, isCounting: true);
            var arena = new PackArena(space.Reserve(counted.Length));
            Run<TSimd>(ref arena, isCounting: false);
        }

        [MethodImpl(HotPath.CompileOnce)]
        private void Run<TSimd>(scoped ref PackArena arena, bool isCounting)
            where TSimd : struct, ISimd<TSimd>
        {
            WindowAxis vertical = shape.Vertical, horizontal = shape.Horizontal;
            PictureRows pictures = Patches.Pictures(shape, x);
            PatchProduct<TSimd> product = new(shape.GroupFilters, shape.Depth, shape.Taps, shape.Filters * sizeof(float), width, ref arena);
            int slabRows = Math.Clamp(product.Rows / horizontal.Output, 1, rows.Count), places = slabRows * horizontal.Output;
            nint* lanes = arena.Take<nint>(places + Blocking.MostTileColumns);
            float* copies = arena.Take<float>(pictures.CopyLength(checked(slabRows * (vertical.Stride + vertical.Extent))));
            if (isCounting)
                return;

            for (int tap = 0; tap < shape.Taps; tap++)
                product.AddSteps(Patches.TapPlace(shape, pictures, tap) * sizeof(float), (nint)tap * shape.GroupChannels * shape.Filters * sizeof(float), shape.GroupChannels);

            for (int group = 0; group < shape.Groups; group++)
            {
                product.Pack(w + group * shape.GroupFilters, 1);
                for (int start = rows.Start; start < rows.End; start += slabRows)
                {
                    Section slab = new(start, Math.Min(slabRows, rows.End - start));
                    Patches.Locate(shape, pictures, slab, group * shape.GroupChannels, copies, lanes);
                    product.FillTile(lanes, slab.Count * horizontal.Output);
                    float* c = y + (nint)start * horizontal.Output * shape.Filters + group * shape.GroupFilters;
                    product.Run(lanes, slab.Count * horizontal.Output, new(0, shape.Depth), c, shape.Filters, group * shape.GroupFilters, _epilogue);
                }
            }
        }
    }
}

/// <summary>Computes the addresses of patches.</summary>
internal static unsafe class Patches
{
    /// <summary>Returns the rows of a convolution's input images, padded with zeros if windows extend beyond the image.</summary>
    public static PictureRows Pictures(in ConvolutionShape shape, float* x) => new(
        x,
        shape.Vertical.Input,
        shape.Horizontal.Input,
        shape.Channels,
        shape.Horizontal.Before,
        shape.Horizontal.Padded,
        shape.Vertical.NeedsPadding || shape.Horizontal.NeedsPadding);

    /// <summary>Returns the number of floats from a patch's first channel to the first channel under a tap; taps are counted row by row.</summary>
    public static nint TapPlace(in ConvolutionShape shape, in PictureRows pictures, int tap) =>
        tap / shape.Horizontal.Size * shape.Vertical.Dilation * pictures.RowLength + tap % shape.Horizontal.Size * shape.Horizontal.Dilation * (nint)shape.Channels;

    /// <summary>Writes the addresses of the patches of some rows of the output images, sample by sample.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="pictures">The input images.</param>
    /// <param name="rows">The rows, counted through all samples.</param>
    /// <param name="channel">The index of the first channel.</param>
    /// <param name="copies">Memory for copies of the input's rows.</param>
    /// <param name="addresses">Receives the addresses.</param>
    [MethodImpl(HotPath.CompileOnce)]
    public static void Locate(in ConvolutionShape shape, in PictureRows pictures, Section rows, int channel, float* copies, nint* addresses)
    {
        WindowAxis vertical = shape.Vertical, horizontal = shape.Horizontal;
        for (int row = rows.Start; row < rows.End;)
        {
            int sample = row / vertical.Output, first = row % vertical.Output, count = Math.Min(vertical.Output - first, rows.End - row);
            float* start = pictures.Locate(sample, vertical.Start(first), (count - 1) * vertical.Stride + vertical.Extent, ref copies) + channel;
            for (int i = 0; i < count; i++)
            {
                nint address = (nint)(start + i * vertical.Stride * pictures.RowLength);
                for (int column = 0; column < horizontal.Output; column++, address += (nint)horizontal.Stride * shape.Channels * sizeof(float))
                    *addresses++ = address;
            }

            row += count;
        }
    }

    /// <summary>Adds the addresses of the patches of some rows of the output images as strips, one for each row.</summary>
    public static void Locate(in ConvolutionShape shape, in PictureRows pictures, Section rows, int channel, float* copies, ref StripList strips)
    {
        WindowAxis vertical = shape.Vertical;
        for (int row = rows.Start; row < rows.End;)
        {
            int sample = row / vertical.Output, first = row % vertical.Output, count = Math.Min(vertical.Output - first, rows.End - row);
            float* start = pictures.Locate(sample, vertical.Start(first), (count - 1) * vertical.Stride + vertical.Extent, ref copies) + channel;
            for (int i = 0; i < count; i++)
                strips.Add((nint)(start + i * vertical.Stride * pictures.RowLength), shape.Horizontal.Output);
            row += count;
        }
    }
}
