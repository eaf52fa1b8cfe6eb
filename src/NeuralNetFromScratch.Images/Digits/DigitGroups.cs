namespace NeuralNetFromScratch.Images;

/// <summary>Groups the components of a mask into digits, without specks, frames, and what comes in from the image's edge.</summary>
internal static class DigitGroups
{
    private const float SpeckShare = 0.015f, EdgeShare = 0.3f, InnerShare = 0.06f, FrameRim = 0.14f, FrameFill = 0.4f, FrameContent = 0.25f;

    private const float SameHeight = 0.55f, Overlap = 0.3f, PartGap = 0.25f, StrokeGap = 0.05f, StrayShare = 0.4f;

    /// <summary>The minimum side of a digit, as a fraction of that of the image.</summary>
    private const float LeastSide = 0.025f;

    private const int MinArea = 12;

    /// <summary>The digits, from the top left: each is a list of components.</summary>
    public static List<InkComponent>[] Find(InkComponents components, int width, int height, bool separates)
    {
        List<InkComponent> rest = WithoutFrames(WithoutEdges(WithoutSpecks(components.All), Math.Max(width, height)), components.Labels, width);
        if (rest.Count == 0 || rest.Max(component => component.Bounds.LongSide) < LeastSide * Math.Max(width, height))
            return [];
        if (!separates)
            return [rest];
        var groups = new List<Group>();
        foreach (InkComponent component in rest.OrderByDescending(component => component.Area).ThenBy(component => component.Label))
        {
            Group? home = groups.Where(group => BelongTogether(group.Bounds, component.Bounds)).MinBy(group => Gap(group.Bounds, component.Bounds));
            if (home is null)
                groups.Add(new(component));
            else
                home.Add(component);
        }

        while (Merge(groups))
        {
        }

        int largest = groups.Max(group => group.Bounds.LongSide), most = groups.Max(group => group.Area);
        return [.. InReadingOrder([.. groups.Where(group => group.Bounds.LongSide >= StrayShare * largest && group.Area >= 0.12f * most)]).Select(group => group.Components)];
    }

    public static PixelRegion Bounds(List<InkComponent> digit) => digit.Select(component => component.Bounds).Aggregate((a, b) => a.Union(b));

    private static List<InkComponent> WithoutSpecks(InkComponent[] all)
    {
        int largest = all.Length == 0 ? 0 : all.Max(component => component.Area);
        return [.. all.Where(component => component.Area >= Math.Max(MinArea, SpeckShare * largest))];
    }

    /// <summary>A table beside the sheet, a shadow, the frame of a form: what runs along the image's edge, if something else is within.</summary>
    private static List<InkComponent> WithoutEdges(List<InkComponent> all, int side)
    {
        bool IsEdge(InkComponent component) => component.EdgePixels >= EdgeShare * component.Bounds.LongSide;
        List<InkComponent> inner = [.. all.Where(component => component.EdgePixels == 0)];
        int largest = inner.Count == 0 ? 0 : inner.Max(component => component.Bounds.LongSide);
        if (largest < Math.Max(8, InnerShare * side))
            return all;
        InkComponent main = inner.MaxBy(component => component.Area);
        return [.. all.Where(component => component.EdgePixels == 0
            || (!IsEdge(component) && (component.Area > main.Area / 2 || Gap(component.Bounds, main.Bounds) < StrokeGap * main.Bounds.LongSide)))];
    }

    /// <summary>A box or a ring with something in it that is large enough to be the digit.</summary>
    private static List<InkComponent> WithoutFrames(List<InkComponent> all, int[] labels, int width) =>
        [.. all.Where(frame => !all.Exists(content => content.Label != frame.Label && Contains(frame.Bounds, content.Bounds)
            && content.Bounds.LongSide >= FrameContent * frame.Bounds.LongSide && content.Bounds.Height >= FrameContent * frame.Bounds.Height
            && IsHollow(frame, labels, width)))];

    /// <summary>Whether nearly all of a component lies along the edges of its box.</summary>
    private static bool IsHollow(InkComponent component, int[] labels, int width)
    {
        PixelRegion box = component.Bounds;
        if (component.Area > FrameFill * box.Width * box.Height)
            return false;
        int rimX = (int)(FrameRim * box.Width) + 1, rimY = (int)(FrameRim * box.Height) + 1, inside = 0;
        for (int y = box.Y + rimY; y < box.Bottom - rimY; y++)
        {
            for (int x = box.X + rimX; x < box.Right - rimX; x++)
                inside += labels[y * width + x] == component.Label ? 1 : 0;
        }

        return inside < 0.12f * component.Area;
    }

    private static bool Contains(PixelRegion outer, PixelRegion inner) =>
        inner.X > outer.X && inner.Y > outer.Y && inner.Right < outer.Right && inner.Bottom < outer.Bottom;

    /// <summary>Whether two parts are strokes of one digit, rather than digits side by side or lines of writing.</summary>
    private static bool BelongTogether(PixelRegion a, PixelRegion b)
    {
        int larger = Math.Max(a.Height, b.Height), size = Math.Max(a.LongSide, b.LongSide), gap = Gap(a, b);
        bool areAlike = Math.Min(a.Height, b.Height) >= SameHeight * larger;
        int common = Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X), narrower = Math.Min(a.Width, b.Width);
        if (common >= Overlap * narrower)
            return gap < PartGap * size * (areAlike ? 0.6f : 1);
        return gap < (areAlike ? StrokeGap : PartGap) * size;
    }

    private static int Gap(PixelRegion a, PixelRegion b) => Math.Max(
        Math.Max(0, Math.Max(a.X, b.X) - Math.Min(a.Right, b.Right)), Math.Max(0, Math.Max(a.Y, b.Y) - Math.Min(a.Bottom, b.Bottom)));

    private static bool Merge(List<Group> groups)
    {
        for (int i = 0; i < groups.Count; i++)
        {
            for (int j = i + 1; j < groups.Count; j++)
            {
                if (!BelongTogether(groups[i].Bounds, groups[j].Bounds))
                    continue;
                groups[j].Components.ForEach(groups[i].Add);
                groups.RemoveAt(j);
                return true;
            }
        }

        return false;
    }

    /// <summary>Line by line: a digit whose middle is above the bottom of the line's first belongs to that line.</summary>
    private static IEnumerable<Group> InReadingOrder(List<Group> groups)
    {
        while (groups.Count > 0)
        {
            PixelRegion top = groups.MinBy(group => group.Bounds.Y)!.Bounds;
            List<Group> line = [.. groups.Where(group => group.Bounds.Y + group.Bounds.Height / 2 < top.Bottom).OrderBy(group => group.Bounds.X)];
            foreach (Group group in line)
            {
                groups.Remove(group);
                yield return group;
            }
        }
    }

    private sealed class Group(InkComponent first)
    {
        public List<InkComponent> Components { get; } = [first];

        public PixelRegion Bounds { get; private set; } = first.Bounds;

        public int Area { get; private set; } = first.Area;

        public void Add(InkComponent component)
        {
            Components.Add(component);
            Bounds = Bounds.Union(component.Bounds);
            Area += component.Area;
        }
    }
}
