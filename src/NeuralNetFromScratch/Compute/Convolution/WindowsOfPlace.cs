using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>A row of an input image.</summary>
/// <param name="Steps">The steps of k whose windows are within the rows of dY. The other steps have zeros.</param>
/// <param name="Places">The number of positions.</param>
internal readonly record struct RowWindows(Section Steps, int Places);

/// <summary>The windows of a convolution that contain a position of its input, for each phase of the position with respect to the strides.</summary>
internal readonly unsafe struct WindowsOfPlace
{
    private readonly ConvolutionShape _shape;
    private readonly int _rowsAbove, _columnsBefore;
    private readonly bool _copies;

    public WindowsOfPlace(in ConvolutionShape shape)
    {
        _shape = shape;
        _rowsAbove = (shape.Vertical.Extent - 1) / shape.Vertical.Stride;
        _columnsBefore = (shape.Horizontal.Extent - 1) / shape.Horizontal.Stride;
        _copies = _rowsAbove > 0 || _columnsBefore > 0 || Last(shape.Vertical) >= shape.Vertical.Output || Last(shape.Horizontal) >= shape.Horizontal.Output;
    }

    public int Phases => _shape.Vertical.Stride * _shape.Horizontal.Stride;

    /// <summary>Returns dY padded with the zeros that the windows of all positions need.</summary>
    public PictureRows Pictures(float* dy) => new(
        dy,
        _shape.Vertical.Output,
        _shape.Horizontal.Output,
        _shape.Filters,
        _columnsBefore,
        _columnsBefore + Math.Max(Last(_shape.Horizontal) + 1, 1),
        _copies);

    /// <summary>Returns the maximum number of rows of dY, including margins, that some rows of the input need.</summary>
    public int RowsOf(int inputRows) => checked(inputRows * (_rowsAbove + 2));

    public int TapCount(int phase)
    {
        (int row, int column) = At(phase);
        return Taps(_shape.Vertical, row) * Taps(_shape.Horizontal, column);
    }

    /// <summary>Adds the steps of a phase. The rows and columns of the windows are in ascending order, which means that the taps are in descending order.</summary>
    public void AddTaps<TSteps>(ref TSteps steps, int phase, nint rowLength)
        where TSteps : struct, ITapSteps
    {
        (int row, int column) = At(phase);
        for (int r = _shape.Vertical.Size - 1; r >= 0; r--)
        {
            for (int s = _shape.Horizontal.Size - 1; s >= 0; s--)
            {
                if (!Reaches(_shape.Vertical, row, r, out int windowRow) || !Reaches(_shape.Horizontal, column, s, out int windowColumn))
                    continue;
                nint place = (_rowsAbove + windowRow) * rowLength + (_columnsBefore + windowColumn) * (nint)_shape.Filters;
                nint weight = ((nint)r * _shape.Horizontal.Size + s) * _shape.GroupChannels * _shape.Filters;
                steps.AddSteps(place * sizeof(float), weight * sizeof(float), _shape.GroupFilters);
            }
        }
    }

    /// <summary>Returns a phase's positions in a row of an input image, and the steps whose windows are within the rows of dY.</summary>
    public RowWindows Inside(int phase, int row)
    {
        (int rowPhase, int columnPhase) = At(phase);
        bool isIn = Mod(row + _shape.Vertical.Before, _shape.Vertical) == rowPhase;
        int last = (row + _shape.Vertical.Before) / _shape.Vertical.Stride, above = 0, inside = 0;
        for (int r = _shape.Vertical.Size - 1; r >= 0; r--)
        {
            if (!Reaches(_shape.Vertical, rowPhase, r, out int window))
                continue;
            above += last + window < 0 ? 1 : 0;
            inside += last + window >= 0 && last + window < _shape.Vertical.Output ? 1 : 0;
        }

        int length = Taps(_shape.Horizontal, columnPhase) * _shape.GroupFilters;
        return new(new(above * length, inside * length), isIn ? CountOf(First(_shape.Horizontal, columnPhase)) : 0);
    }

    /// <summary>Writes the addresses of the windows of a phase's positions in some rows of the input images, and returns their number.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    public int Locate(in PictureRows pictures, Section rows, int phase, int filter, float* copies, nint* addresses)
    {
        (int rowPhase, int columnPhase) = At(phase);
        int places = 0, firstColumn = First(_shape.Horizontal, columnPhase), window = (firstColumn + _shape.Horizontal.Before) / _shape.Horizontal.Stride;
        for (int row = rows.Start; row < rows.End;)
        {
            int sample = row / _shape.Vertical.Input, first = row % _shape.Vertical.Input, end = Math.Min(_shape.Vertical.Input, first + rows.End - row);
            row += end - first;
            int top = (first + _shape.Vertical.Before) / _shape.Vertical.Stride - _rowsAbove, bottom = (end - 1 + _shape.Vertical.Before) / _shape.Vertical.Stride;
            float* start = pictures.Locate(sample, top, bottom - top + 1, ref copies) + filter;
            for (int i = first + First(_shape.Vertical, Mod(rowPhase - first, _shape.Vertical)); i < end; i += _shape.Vertical.Stride)
            {
                nint windowRow = (i + _shape.Vertical.Before) / _shape.Vertical.Stride - _rowsAbove - top;
                nint address = (nint)(start + windowRow * pictures.RowLength + window * (nint)_shape.Filters);
                for (int column = firstColumn; column < _shape.Horizontal.Input; column += _shape.Horizontal.Stride, address += _shape.Filters * sizeof(float))
                    addresses[places++] = address;
            }
        }

        return places;
    }

    /// <summary>Locates the windows of a phase's positions in some rows of the input images; a row of another phase has no positions.</summary>
    /// <param name="pictures">dY.</param>
    /// <param name="rows">The rows, counted through all samples.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="copies">Memory for copies of dY's rows.</param>
    /// <param name="strips">Receives the windows of each row.</param>
    /// <returns>The column of the first position.</returns>
    public int LocateRows(in PictureRows pictures, Section rows, int phase, float* copies, Strip* strips)
    {
        (int rowPhase, int columnPhase) = At(phase);
        int column = First(_shape.Horizontal, columnPhase), window = (column + _shape.Horizontal.Before) / _shape.Horizontal.Stride;
        int count = CountOf(column);
        for (int row = rows.Start; row < rows.End;)
        {
            int sample = row / _shape.Vertical.Input, first = row % _shape.Vertical.Input, end = Math.Min(_shape.Vertical.Input, first + rows.End - row);
            row += end - first;
            int top = (first + _shape.Vertical.Before) / _shape.Vertical.Stride - _rowsAbove, bottom = (end - 1 + _shape.Vertical.Before) / _shape.Vertical.Stride;
            float* start = pictures.Locate(sample, top, bottom - top + 1, ref copies);
            for (int i = first; i < end; i++)
            {
                nint windowRow = (i + _shape.Vertical.Before) / _shape.Vertical.Stride - _rowsAbove - top;
                bool isIn = Mod(i + _shape.Vertical.Before, _shape.Vertical) == rowPhase;
                *strips++ = new((nint)(start + windowRow * pictures.RowLength + window * (nint)_shape.Filters), isIn ? count : 0);
            }
        }

        return column;
    }

    /// <summary>Copies the sums of the positions of a phase to these positions of dx.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    public void Scatter(float* sums, Section rows, int phase, float* dx)
    {
        (int rowPhase, int columnPhase) = At(phase);
        int firstColumn = First(_shape.Horizontal, columnPhase);
        for (int row = rows.Start; row < rows.End; row++)
        {
            int i = row % _shape.Vertical.Input;
            if (Mod(i + _shape.Vertical.Before, _shape.Vertical) != rowPhase)
                continue;
            for (int column = firstColumn; column < _shape.Horizontal.Input; column += _shape.Horizontal.Stride, sums += _shape.GroupChannels)
            {
                var place = new Span<float>(dx + ((nint)row * _shape.Horizontal.Input + column) * _shape.Channels, _shape.GroupChannels);
                new Span<float>(sums, _shape.GroupChannels).CopyTo(place);
            }
        }
    }

    /// <summary>Returns the number of positions of a phase in a row, if the first one is at a column.</summary>
    private int CountOf(int firstColumn) =>
        firstColumn < _shape.Horizontal.Input ? (_shape.Horizontal.Input - 1 - firstColumn) / _shape.Horizontal.Stride + 1 : 0;

    private (int Row, int Column) At(int phase) => (phase / _shape.Horizontal.Stride, phase % _shape.Horizontal.Stride);

    /// <summary>Returns the index of the last window that starts at or before the last position.</summary>
    private static int Last(in WindowAxis axis) => (axis.Input - 1 + axis.Before) / axis.Stride;

    /// <summary>Returns the first position of a phase.</summary>
    private static int First(in WindowAxis axis, int phase) => Mod(phase - axis.Before, axis);

    private static int Mod(int place, in WindowAxis axis) => (place % axis.Stride + axis.Stride) % axis.Stride;

    private static int Taps(in WindowAxis axis, int phase)
    {
        int count = 0;
        for (int tap = 0; tap < axis.Size; tap++)
            count += Reaches(axis, phase, tap, out _) ? 1 : 0;
        return count;
    }

    /// <summary>
    /// Whether a tap is at positions of a phase, and the index of its window relative to the last window that starts at or before such a position
    /// (0 or less).
    /// </summary>
    private static bool Reaches(in WindowAxis axis, int phase, int tap, out int window)
    {
        int distance = phase - tap * axis.Dilation;
        window = distance / axis.Stride;
        return distance % axis.Stride == 0;
    }
}
